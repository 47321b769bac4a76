//! Lists the files under given paths, in sorted order, without opening any.

mod stat;

use super::{Trouble, TroubleKind};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use stat::{inode, is_sparse, modified_ns, special};
use std::{
    collections::HashSet,
    fs::Metadata,
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// A regular file that [`walk`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What to open: the PATH given, joined with what lies below it.
    pub file: PathBuf,
    /// Relative to the PATH given (a PATH that is a file: its name), as [`display_path`] shows it.
    pub relative: String,
    /// Which of the PATHs it was found under, from 0.
    pub under: usize,
    pub bytes: u64,
    /// Nanoseconds since 1970; 0 where the system does not say.
    pub modified_ns: i64,
    /// 0 where the system has none.
    pub inode: u64,
}

/// A path that gives no file: skipped or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub path: PathBuf,
    pub trouble: Trouble,
}

/// Which files are wanted, by patterns as in `.gitignore`.
///
/// A pattern without `/` matches a name at any depth, another the path below PATH. An excluded
/// folder is not entered. Files that are named as PATH are read whatever the patterns say.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    wanted: Option<GlobSet>,
    excluded: GlobSet,
}

impl Filter {
    /// Files must match one of `globs` (all do if there are none), and none of `excludes`.
    pub fn new(globs: &[String], excludes: &[String]) -> Result<Self, String> {
        Ok(Self {
            wanted: if globs.is_empty() {
                None
            } else {
                Some(glob_set(globs)?)
            },
            excluded: glob_set(excludes)?,
        })
    }

    /// Whether it leaves anything out.
    pub fn is_active(&self) -> bool {
        self.wanted.is_some() || !self.excluded.is_empty()
    }

    fn wants(&self, relative: &Path) -> bool {
        self.wanted
            .as_ref()
            .is_none_or(|set| set.is_match(relative))
    }
}

fn glob_set(patterns: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let trimmed = pattern.trim_end_matches('/');
        let whole = match trimmed.strip_prefix('/') {
            Some(anchored) => anchored.to_owned(),
            None if trimmed.contains('/') => trimmed.to_owned(),
            None => format!("**/{trimmed}"),
        };
        let glob = GlobBuilder::new(&whole)
            .literal_separator(true)
            .build()
            .map_err(|e| format!("{pattern:?}: {}", e.kind()))?;
        set.add(glob);
    }
    set.build().map_err(|e| e.to_string())
}

/// Why a file or folder of this name is not looked at unless it is named; `None` if it is.
pub(super) fn ignored(name: &str) -> Option<&'static str> {
    match name {
        _ if name.starts_with('.') => Some("hidden"),
        // In capitals only: `license-fees-rise.txt` is an article.
        _ if name.starts_with("README") => Some("a README (name it to read it)"),
        _ if name.starts_with("LICENSE") => Some("a licence (name it to read it)"),
        _ => None,
    }
}

/// `path` with `/` between its parts; bytes that are not UTF-8 are shown as `%` and two hexadecimal digits.
pub fn display_path(path: &Path) -> String {
    let parts = path.components().map(|c| display_os(c.as_os_str()));
    let joined = parts.collect::<Vec<_>>().join("/");
    joined
        .strip_prefix("//")
        .map_or(joined.clone(), |rest| format!("/{rest}"))
}

fn display_os(name: &std::ffi::OsStr) -> String {
    match name.to_str() {
        Some(text) => text.to_owned(),
        None => display_bytes(name.as_encoded_bytes()),
    }
}

/// As [`display_path`], for a name that is just bytes.
pub(super) fn display_bytes(mut bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    loop {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                out.push_str(text);
                return out;
            }
            Err(e) => {
                let (valid, rest) = bytes.split_at(e.valid_up_to());
                out.push_str(&String::from_utf8_lossy(valid));
                let broken = e.error_len().unwrap_or(rest.len()).min(rest.len());
                for b in &rest[..broken] {
                    out.push_str(&format!("%{b:02X}"));
                }
                bytes = &rest[broken..];
            }
        }
    }
}

/// Walks files and folders in the order given, each folder sorted by name.
///
/// Skipped without a word: hidden entries (so `.dateline` too), and what `filter` does not want.
/// Skipped with a reason: READMEs and licences, FIFOs, devices, sockets, links. A link is followed only
/// if it is a PATH itself, or leads to something inside the PATH's folder that would not be
/// read at its own place (a hidden store); so no file is read twice and none from outside.
/// What cannot be read is a failure, and the walk goes on.
pub fn walk<'f>(paths: &[PathBuf], filter: &'f Filter) -> Walk<'f> {
    let mut starts: Vec<(usize, PathBuf)> = paths.iter().cloned().enumerate().collect();
    starts.reverse();
    Walk {
        filter,
        starts,
        several: paths.len() > 1,
        seen: HashSet::new(),
        linked: HashSet::new(),
        active: Vec::new(),
    }
}

/// The iterator of [`walk`].
pub struct Walk<'f> {
    filter: &'f Filter,
    /// PATHs still to come, last first.
    starts: Vec<(usize, PathBuf)>,
    several: bool,
    /// Canonical files given so far, where PATHs may overlap.
    seen: HashSet<PathBuf>,
    /// Folders that a link led to.
    linked: HashSet<PathBuf>,
    /// The folder being walked, and below it the links being followed.
    active: Vec<Folder>,
}

struct Folder {
    under: usize,
    entries: walkdir::IntoIter,
    /// The folder that links may not leave.
    root: PathBuf,
    canonical_root: PathBuf,
}

impl Iterator for Walk<'_> {
    type Item = Result<Entry, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(folder) = self.active.last_mut() else {
                let (under, path) = self.starts.pop()?;
                match self.start(under, &path) {
                    Some(item) => return Some(item),
                    None => continue,
                }
            };
            let Some(entry) = folder.entries.next() else {
                self.active.pop();
                continue;
            };
            if let Some(item) = self.entry(entry) {
                return Some(item);
            }
        }
    }
}

fn refuse(path: &Path, trouble: Trouble) -> Option<Result<Entry, Refusal>> {
    Some(Err(Refusal {
        path: path.to_owned(),
        trouble,
    }))
}

impl Walk<'_> {
    fn start(&mut self, under: usize, path: &Path) -> Option<Result<Entry, Refusal>> {
        let stat = match std::fs::metadata(path) {
            Ok(stat) => stat,
            Err(e) => return refuse(path, Trouble::io(&e)),
        };
        if stat.is_dir() {
            return match path.canonicalize() {
                Ok(canonical_root) => {
                    self.active.push(Folder {
                        under,
                        entries: sorted(path),
                        root: path.to_owned(),
                        canonical_root,
                    });
                    None
                }
                Err(e) => refuse(path, Trouble::io(&e)),
            };
        }
        let name = path.file_name().map(Path::new).unwrap_or(path);
        self.file(under, path, display_path(name), &stat)
    }

    fn entry(
        &mut self,
        entry: walkdir::Result<walkdir::DirEntry>,
    ) -> Option<Result<Entry, Refusal>> {
        let folder = self.active.last_mut()?;
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => {
                let path = e.path().unwrap_or(&folder.root).to_owned();
                let reason = e
                    .io_error()
                    .map_or_else(|| e.to_string(), ToString::to_string);
                return refuse(&path, Trouble::failed(reason));
            }
        };
        if entry.depth() == 0 {
            return None;
        }
        let path = entry.path();
        let relative = path.strip_prefix(&folder.root).unwrap_or(path);
        let kind = entry.file_type();
        if let Some(reason) = ignored(&entry.file_name().to_string_lossy()) {
            if kind.is_dir() {
                folder.entries.skip_current_dir();
            }
            return if reason == "hidden" {
                None
            } else {
                refuse(path, Trouble::skipped(reason))
            };
        }
        if self.filter.excluded.is_match(relative) {
            if kind.is_dir() {
                folder.entries.skip_current_dir();
            }
            return None;
        }
        if kind.is_dir() {
            return None;
        }
        if kind.is_symlink() {
            return self.link(path);
        }
        if !self.filter.wants(relative) {
            return None;
        }
        match entry.metadata() {
            Ok(stat) => {
                let under = folder.under;
                let relative = display_path(relative);
                self.file(under, path, relative, &stat)
            }
            Err(e) => refuse(path, Trouble::failed(e.to_string())),
        }
    }

    fn link(&mut self, path: &Path) -> Option<Result<Entry, Refusal>> {
        let folder = self.active.last()?;
        let target = match path.canonicalize() {
            Ok(target) => target,
            Err(e) => {
                let reason = match e.kind() {
                    std::io::ErrorKind::NotFound => "a link to nothing".to_owned(),
                    _ => format!("a link that cannot be followed: {e}"),
                };
                return refuse(path, Trouble::skipped(reason));
            }
        };
        let Ok(inside) = target.strip_prefix(&folder.canonical_root) else {
            return refuse(
                path,
                Trouble::skipped("a link that leads outside the folder"),
            );
        };
        let own_place = inside.ancestors().all(|part| {
            let name = part.file_name().unwrap_or_default().to_string_lossy();
            ignored(&name).is_none() && !self.filter.excluded.is_match(part)
        });
        if own_place {
            let reason = format!(
                "a link to {}, which is read at its own place",
                display_path(inside)
            );
            return refuse(path, Trouble::skipped(reason));
        }
        let stat = match target.metadata() {
            Ok(stat) => stat,
            Err(e) => return refuse(path, Trouble::io(&e)),
        };
        let relative = path.strip_prefix(&folder.root).unwrap_or(path).to_owned();
        if !stat.is_dir() {
            let under = folder.under;
            return match self.filter.wants(&relative) {
                true => self.file(under, path, display_path(&relative), &stat),
                false => None,
            };
        }
        let within_itself = path
            .parent()
            .and_then(|parent| parent.canonicalize().ok())
            .is_some_and(|parent| parent.starts_with(&target));
        if within_itself || !self.linked.insert(target) {
            return refuse(
                path,
                Trouble::skipped("a link that leads in a circle or to a folder already read"),
            );
        }
        let (under, root, canonical_root) = (
            folder.under,
            folder.root.clone(),
            folder.canonical_root.clone(),
        );
        self.active.push(Folder {
            under,
            entries: sorted(path),
            root,
            canonical_root,
        });
        None
    }

    fn file(
        &mut self,
        under: usize,
        path: &Path,
        relative: String,
        stat: &Metadata,
    ) -> Option<Result<Entry, Refusal>> {
        if !stat.is_file() {
            return refuse(path, Trouble::skipped(special(stat)));
        }
        if is_sparse(stat) {
            return refuse(path, Trouble::skipped("mostly holes: a sparse file"));
        }
        if self.several
            && path
                .canonicalize()
                .is_ok_and(|whole| !self.seen.insert(whole))
        {
            return None;
        }
        Some(Ok(Entry {
            file: path.to_owned(),
            relative,
            under,
            bytes: stat.len(),
            modified_ns: modified_ns(stat),
            inode: inode(stat),
        }))
    }
}

fn sorted(path: &Path) -> walkdir::IntoIter {
    // A link that was followed on purpose is walked as the folder it leads to.
    WalkDir::new(path)
        .follow_links(false)
        .follow_root_links(true)
        .sort_by_file_name()
        .into_iter()
}

impl Refusal {
    /// Whether it makes the run end with code 3.
    pub fn is_failure(&self) -> bool {
        self.trouble.kind == TroubleKind::Failed
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            "b/2.txt",
            "b/1.txt",
            "a.txt",
            "c.md",
            ".hidden/x.txt",
            ".dateline/y",
            "README.md",
            "LICENSE",
            "b/license-fees.txt",
        ] {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        dir
    }

    fn listed(paths: &[PathBuf], filter: &Filter) -> Vec<String> {
        walk(paths, filter)
            .map(|item| match item {
                Ok(entry) => entry.relative,
                Err(refusal) => {
                    let name = refusal
                        .path
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy()
                        .into_owned();
                    format!("{name}: {}", refusal.trouble)
                }
            })
            .collect()
    }

    #[test]
    fn files_come_sorted_without_hidden_ones() {
        let dir = tree();
        assert_eq!(
            listed(&[dir.path().to_owned()], &Filter::default()),
            [
                "LICENSE: a licence (name it to read it)",
                "README.md: a README (name it to read it)",
                "a.txt",
                "b/1.txt",
                "b/2.txt",
                "b/license-fees.txt",
                "c.md",
            ]
        );
    }

    #[test]
    fn what_is_named_is_read_once() {
        let dir = tree();
        let path = |name: &str| dir.path().join(name);
        let paths = [
            path("README.md"),
            path("b"),
            path("b/1.txt"),
            path("nothing"),
        ];
        assert_eq!(
            listed(&paths, &Filter::default()),
            [
                "README.md",
                "1.txt",
                "2.txt",
                "license-fees.txt",
                "nothing: No such file or directory (os error 2)"
            ]
        );
    }

    #[test]
    fn globs_and_excludes_choose() {
        let dir = tree();
        let filter = |globs: &[&str], excludes: &[&str]| {
            let own = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
            Filter::new(&own(globs), &own(excludes)).unwrap()
        };
        let chosen = |f: &Filter| {
            let mut list = listed(&[dir.path().to_owned()], f);
            list.retain(|l| !l.contains(": "));
            list
        };
        assert_eq!(chosen(&filter(&["*.md"], &[])), ["c.md"]);
        assert_eq!(
            chosen(&filter(&["b/*.txt"], &["2.*"])),
            ["b/1.txt", "b/license-fees.txt"]
        );
        assert_eq!(chosen(&filter(&[], &["b/"])), ["a.txt", "c.md"]);
        assert!(Filter::new(&["a[".into()], &[]).is_err());
    }

    #[test]
    fn links_are_followed_to_hidden_stores_of_the_folder_only() {
        let dir = tree();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.txt"), "x").unwrap();
        let link = |target: &Path, name: &str| symlink(target, dir.path().join(name)).unwrap();
        link(&outside.path().join("secret.txt"), "l1.txt");
        link(outside.path(), "l2");
        link(Path::new("a.txt"), "l3.txt");
        link(Path::new(".hidden/x.txt"), "l4.txt");
        link(Path::new("l5"), "l5");
        link(Path::new("."), "l6");
        link(Path::new(".hidden"), "l7");
        symlink("..", dir.path().join(".hidden/up")).unwrap();
        let mut list = listed(&[dir.path().to_owned()], &Filter::default());
        list.retain(|l| l.starts_with('l') || l.starts_with("up"));
        assert_eq!(list[0], "l1.txt: a link that leads outside the folder");
        assert_eq!(list[1], "l2: a link that leads outside the folder");
        assert_eq!(
            list[2],
            "l3.txt: a link to a.txt, which is read at its own place"
        );
        assert_eq!(list[3], "l4.txt");
        assert!(
            list[4].starts_with("l5: a link that cannot be followed"),
            "{list:?}"
        );
        assert!(list[5].starts_with("l6: a link to"), "{list:?}");
        assert!(list[6..].iter().any(|l| l == "l7/x.txt"), "{list:?}");
        assert!(list.iter().any(|l| l.starts_with("up: a link")), "{list:?}");
    }

    #[test]
    fn sockets_are_skipped_by_kind() {
        let dir = tree();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("s")).unwrap();
        let list = listed(&[dir.path().to_owned()], &Filter::default());
        assert!(list.contains(&"s: a socket".to_owned()), "{list:?}");
    }

    #[test]
    fn names_that_are_no_utf8_are_shown_and_opened() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let name = std::ffi::OsStr::from_bytes(b"caf\xE9 100%.txt");
        if fs::write(dir.path().join(name), "x").is_err() {
            return; // This file system takes UTF-8 only.
        }
        let entry = walk(&[dir.path().to_owned()], &Filter::default())
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(entry.relative, "caf%E9 100%.txt");
        assert_eq!(fs::read(&entry.file).unwrap(), b"x");
    }

    #[test]
    fn a_stat_is_given_without_opening() {
        let dir = tree();
        let entry = walk(&[dir.path().join("a.txt")], &Filter::default())
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(entry.bytes, 4);
        assert!(entry.modified_ns > 1_500_000_000_000_000_000 && entry.inode > 0);
    }

    #[test]
    fn sparse_giants_are_skipped() {
        let dir = tempfile::tempdir().unwrap();
        let file = fs::File::create(dir.path().join("giant.txt")).unwrap();
        std::io::Write::write_all(&mut &file, b"Headline\n").unwrap();
        file.set_len(1 << 33).unwrap();
        let list = listed(&[dir.path().to_owned()], &Filter::default());
        assert!(
            list == ["giant.txt: mostly holes: a sparse file"] || list == ["giant.txt"],
            "{list:?}"
        );
    }
}
