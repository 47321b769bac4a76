//! Where an index lies, and the roots that its paths count from.

use super::archive::{FOLDER, SEGMENTS};
use super::payload::Root;
use crate::error::{Error, Result};
use crate::read::walk::display_path;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64;

/// Where an index is to be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// The index folder itself, normally called `.dateline`.
    Folder(PathBuf),
    /// A Quickwit cluster, as written.
    Cluster(String),
}

/// Finds the index of a command: the `--index` value, else that of `$DATELINE_INDEX`, else the nearest
/// `.dateline` from `here` upward, else `here/.dateline`, which need not exist.
///
/// An empty variable counts as none.
pub fn find_location(flag: Option<&str>, variable: Option<&str>, here: &Path) -> Location {
    let named = flag.or(variable.filter(|v| !v.is_empty()));
    match named {
        Some(cluster) if cluster.starts_with("quickwit+") => Location::Cluster(cluster.to_owned()),
        Some(folder) => Location::Folder(named_folder(here.join(folder))),
        None => {
            let nearest = here
                .ancestors()
                .map(|folder| folder.join(FOLDER))
                .find(|folder| folder.join(SEGMENTS).is_dir());
            Location::Folder(nearest.unwrap_or_else(|| here.join(FOLDER)))
        }
    }
}

/// `--index news` also finds `news/.dateline`.
fn named_folder(folder: PathBuf) -> PathBuf {
    let inside = folder.join(FOLDER);
    match inside.join(SEGMENTS).is_dir() && !folder.join(SEGMENTS).is_dir() {
        true => inside,
        false => folder,
    }
}

/// The index of `search --in FOLDER`: `FOLDER/.dateline`, or a folder of the user's cache where
/// `FOLDER` cannot be written and holds no index yet.
///
/// `cache` is `$XDG_CACHE_HOME` or what stands for it.
pub fn location_in(folder: &Path, cache: Option<&Path>) -> Result<PathBuf> {
    let canonical = folder.canonicalize().map_err(|e| Error::io(folder, e))?;
    let own = canonical.join(FOLDER);
    if own.join(SEGMENTS).is_dir() {
        if super::lock::is_writable(&own) {
            return Ok(own);
        }
    } else if super::lock::is_writable(&canonical) {
        return Ok(own);
    }
    let Some(cache) = cache else {
        return Err(Error::Usage(format!(
            "{}: cannot be written, and there is no cache folder to hold its index; give one with --index",
            folder.display()
        )));
    };
    let name = canonical.file_name().map_or_else(
        || "root".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let hash = xxh3_64(canonical.as_os_str().as_encoded_bytes());
    Ok(cache.join("dateline").join(format!("{name}-{hash:016x}")))
}

/// The roots of an index, with their folders.
#[derive(Clone, Debug)]
pub struct Roots {
    base: PathBuf,
    /// The folder that holds a `.dateline` is a root by itself.
    base_is_root: bool,
    pub list: Vec<Root>,
}

impl Roots {
    /// `index` is the index folder.
    pub fn new(index: &Path, list: Vec<Root>) -> Self {
        let index = std::path::absolute(index).unwrap_or_else(|_| index.to_path_buf());
        let base = index.parent().unwrap_or(&index).to_path_buf();
        Self {
            base: base.canonicalize().unwrap_or(base),
            base_is_root: index.file_name().is_some_and(|name| name == FOLDER),
            list,
        }
    }

    /// The folder of a root.
    pub fn folder(&self, root: u32) -> PathBuf {
        self.list
            .get(root as usize)
            .map_or_else(|| self.base.clone(), |r| r.folder(&self.base))
    }

    pub fn prefix(&self, root: u32) -> &str {
        self.list.get(root as usize).map_or("", |r| &r.prefix)
    }

    /// The innermost root that holds `path` (canonical).
    pub fn holding(&self, path: &Path) -> Option<u32> {
        (0..self.list.len() as u32)
            .filter(|&root| path.starts_with(self.folder(root)))
            .max_by_key(|&root| self.folder(root).as_os_str().len())
    }

    /// The root of a PATH, added if no known one holds it; `folder` is the PATH, or a file's parent.
    pub fn of(&mut self, folder: &Path) -> Result<u32> {
        if let Some(root) = self.holding(folder) {
            return Ok(root);
        }
        let new = match self.base_is_root && folder.starts_with(&self.base) {
            true => self.base.clone(),
            false => folder.to_path_buf(),
        };
        let path = self.written(&new)?;
        let prefix = match self.list.is_empty() {
            true => String::new(),
            false => self.free_prefix(&new),
        };
        self.list.push(Root { prefix, path });
        Ok(self.list.len() as u32 - 1)
    }

    fn written(&self, folder: &Path) -> Result<String> {
        let path = match folder.strip_prefix(&self.base) {
            Ok(inside) if inside.as_os_str().is_empty() => Path::new("."),
            Ok(inside) => inside,
            Err(_) => folder,
        };
        path.to_str().map(str::to_owned).ok_or_else(|| {
            Error::Usage(format!(
                "{}: its name is not UTF-8; a root needs one that is",
                display_path(folder)
            ))
        })
    }

    fn free_prefix(&self, folder: &Path) -> String {
        let name = folder
            .file_name()
            .map_or_else(|| "root".to_owned(), |n| n.to_string_lossy().into_owned());
        let taken = |prefix: &str| self.list.iter().any(|r| r.prefix == prefix);
        let mut prefix = name.clone();
        let mut number = 2;
        while taken(&prefix) {
            prefix = format!("{name}-{number}");
            number += 1;
        }
        prefix
    }

    /// Moves the root at `old` to `new`: ids and paths stay as they are.
    pub fn relocate(&mut self, old: &Path, new: &Path) -> Result<()> {
        let new = new.canonicalize().map_err(|e| Error::io(new, e))?;
        let old_path = std::path::absolute(old).unwrap_or_else(|_| old.to_path_buf());
        let old_path = old_path.canonicalize().unwrap_or(old_path);
        let found = (0..self.list.len()).find(|&at| {
            self.folder(at as u32) == old_path
                || Some(self.list[at].prefix.as_str()) == old.to_str()
        });
        let Some(at) = found else {
            let known: Vec<String> = (0..self.list.len() as u32)
                .map(|root| self.folder(root).display().to_string())
                .collect();
            return Err(Error::Usage(format!(
                "{}: not a root of this index; its roots are {}",
                old.display(),
                known.join(", ")
            )));
        };
        self.list[at].path = self.written(&new)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_goes_before_the_variable_and_both_before_the_nearest_folder() {
        let here = tempfile::tempdir().expect("a temporary folder");
        let deep = here.path().join("a/b");
        std::fs::create_dir_all(&deep).expect("made");
        std::fs::create_dir_all(here.path().join(".dateline/segments")).expect("made");
        let folder = |p: PathBuf| Location::Folder(p);
        assert_eq!(
            find_location(Some("x"), Some("y"), &deep),
            folder(deep.join("x"))
        );
        assert_eq!(
            find_location(None, Some("y"), &deep),
            folder(deep.join("y"))
        );
        let nearest = folder(here.path().join(".dateline"));
        assert_eq!(find_location(None, None, &deep), nearest);
        assert_eq!(find_location(None, Some(""), &deep), nearest);
        let cluster = "quickwit+http://localhost:7280/news";
        assert_eq!(
            find_location(Some(cluster), None, &deep),
            Location::Cluster(cluster.to_owned())
        );
    }

    #[test]
    fn the_first_root_has_no_prefix_and_later_ones_their_folders_name() {
        let mut roots = Roots::new(Path::new("/elsewhere/index"), Vec::new());
        assert_eq!(roots.of(Path::new("/a/wire")).expect("root"), 0);
        assert_eq!(roots.of(Path::new("/b/wire")).expect("root"), 1);
        assert_eq!(roots.of(Path::new("/c/wire")).expect("root"), 2);
        assert_eq!(roots.of(Path::new("/b/wire/2024")).expect("root"), 1);
        let prefixes: Vec<&str> = roots.list.iter().map(|r| r.prefix.as_str()).collect();
        assert_eq!(prefixes, ["", "wire", "wire-2"]);
    }

    #[test]
    fn the_folder_that_holds_the_index_is_the_root_of_all_within() {
        let mut roots = Roots::new(Path::new("/news/.dateline"), Vec::new());
        assert_eq!(roots.of(Path::new("/news/wire/2024")).expect("root"), 0);
        assert_eq!(roots.folder(0), Path::new("/news"));
        assert_eq!(roots.list[0].path, ".");
    }

    #[test]
    fn a_folder_that_can_be_written_holds_its_own_index_and_another_has_it_in_the_cache() {
        let here = tempfile::tempdir().expect("a temporary folder");
        let cache = here.path().join("cache");
        let real = here.path().canonicalize().expect("a real path");
        assert_eq!(
            location_in(here.path(), Some(&cache)).expect("a place"),
            real.join(FOLDER)
        );
        std::fs::create_dir_all(real.join(FOLDER).join(SEGMENTS)).expect("made");
        assert_eq!(
            location_in(here.path(), None).expect("a place"),
            real.join(FOLDER)
        );
        let missing = location_in(&real.join("none"), Some(&cache));
        assert!(matches!(missing, Err(Error::Io { .. })), "{missing:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_nobody_can_write_has_its_index_in_the_cache_under_a_name_of_its_own() {
        let folder = Path::new("/proc/self");
        let cache = Path::new("/home/me/.cache");
        let place = location_in(folder, Some(cache)).expect("a place");
        assert!(place.starts_with(cache.join("dateline")), "{place:?}");
        let other = location_in(Path::new("/proc"), Some(cache)).expect("a place");
        assert_ne!(place, other);
        let error = location_in(folder, None).expect_err("no place").to_string();
        assert!(error.contains("--index"), "{error}");
    }

    #[test]
    fn a_root_that_moved_keeps_its_prefix() {
        let here = tempfile::tempdir().expect("a temporary folder");
        let real = here.path().canonicalize().expect("a real path");
        for name in ["one", "two", "moved"] {
            std::fs::create_dir(real.join(name)).expect("made");
        }
        let mut roots = Roots::new(&real.join("index"), Vec::new());
        assert_eq!(roots.of(&real.join("one")).expect("a root"), 0);
        assert_eq!(roots.of(&real.join("two")).expect("a root"), 1);
        std::fs::remove_dir(real.join("two")).expect("removed");
        let (old, new) = (real.join("two"), real.join("moved"));
        roots.relocate(&old, &new).expect("relocated");
        assert_eq!((roots.folder(1), roots.prefix(1)), (new.clone(), "two"));
        assert_eq!(roots.folder(0), real.join("one"));
        // By its prefix too, and never to a place that is not there.
        roots.relocate(Path::new("two"), &new).expect("relocated");
        assert!(roots.relocate(&new, &old).is_err());
        let unknown = roots.relocate(&old, &new).expect_err("gone").to_string();
        assert!(
            unknown.contains("moved") && unknown.contains("one"),
            "{unknown}"
        );
    }
}
