//! A module names only those before it.

use std::path::{Path, PathBuf};

const ORDER: [&str; 19] = [
    "error", "article", "analyze", "date", "entity", "read", "passage", "query", "snippet",
    "index", "backend", "output", "annotate", "batch", "eval", "export", "watch", "serve", "cli",
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn a_module_names_only_those_before_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 50);
    let place = |module: &str| ORDER.iter().position(|m| *m == module);
    let mut wrong = Vec::new();
    for file in files {
        let below = file.strip_prefix(&src).expect("below src");
        let module = below.iter().next().and_then(|m| m.to_str()).unwrap_or("");
        let module = module.trim_end_matches(".rs");
        if module == "lib" || module == "main" || below.to_string_lossy().contains("tests") {
            continue;
        }
        let own = place(module).unwrap_or_else(|| panic!("{module} has no place in ORDER"));
        let text = std::fs::read_to_string(&file).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for line in code.lines().filter(|l| !l.trim_start().starts_with("//")) {
            for named in line.split("crate::").skip(1) {
                let end = named
                    .find(|c: char| !c.is_ascii_lowercase())
                    .unwrap_or(named.len());
                if place(&named[..end]).is_some_and(|n| n > own) {
                    wrong.push(format!("{}: {}", below.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
