//! The relative links of the Markdown files lead to files that exist.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Result, bail};

use crate::workspace;

/// Looks at every Markdown file of the checkout.
pub(crate) fn check() -> Result<String> {
    let root = workspace::root();
    let mut files = Vec::new();
    find(&root, &mut files)?;
    let (mut count, mut broken) = (0, String::new());
    for file in &files {
        for (line, link) in links(&fs::read_to_string(file)?) {
            count += 1;
            if !leads_somewhere(&root, file, link_path(&link)) {
                let file = file.strip_prefix(&root).unwrap_or(file).display();
                broken += &format!("\n  {file}:{line}: {link}");
            }
        }
    }
    if broken.is_empty() {
        return Ok(format!("{count} links in {} files", files.len()));
    }
    bail!("links to files that do not exist:{broken}")
}

fn leads_somewhere(root: &Path, file: &Path, path: &str) -> bool {
    match path.strip_prefix('/') {
        // As the usual hosts read it: from the root of the repository.
        Some(path) => root.join(path).exists(),
        None => file.parent().is_some_and(|folder| folder.join(path).exists()),
    }
}

/// The file a link names: without its anchor.
fn link_path(link: &str) -> &str {
    link.split('#').next().unwrap_or_default()
}

/// Relative links with their lines; code is not read, other schemes are not our business.
fn links(markdown: &str) -> Vec<(usize, String)> {
    let (mut links, mut in_code) = (Vec::new(), false);
    for (line, text) in (1..).zip(markdown.lines()) {
        if ["```", "~~~"].iter().any(|fence| text.trim_start().starts_with(fence)) {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let prose: String = text.split('`').step_by(2).collect();
        let inline = prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        let definition = prose.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        let defined = definition.and_then(|(_, rest)| rest.split_whitespace().next());
        let targets = inline.chain(defined).filter(|target| {
            !target.is_empty() && !target.starts_with(['#', '<']) && !has_scheme(target)
        });
        links.extend(targets.map(|target| (line, target.to_owned())));
    }
    links
}

fn has_scheme(target: &str) -> bool {
    target.split(['/', '#']).next().is_some_and(|start| start.contains(':'))
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type()?.is_dir() {
            let skip = ["target", "node_modules", ".git"].iter().any(|skip| name == *skip);
            if !skip {
                find(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_links_outside_code() {
        let markdown = "[a](A.md) and [b](b/#top), [web](https://x.example/y), [mail](mailto:x@y)\n\
            ![i](i.png \"title\") `[code](no.md)` [here](#here)\n```\n[c](no.md)\n```\n[r]: r.md\n";
        let found: Vec<String> = links(markdown).into_iter().map(|(_, link)| link).collect();
        assert_eq!(found, ["A.md", "b/#top", "i.png", "r.md"]);
        assert_eq!(link_path("b/#top"), "b/");
    }

    #[test]
    fn a_link_is_read_from_its_own_folder_or_from_the_root() {
        let root = workspace::root();
        let file = root.join("xtask/README.md");
        assert!(leads_somewhere(&root, &file, "src/main.rs"));
        assert!(leads_somewhere(&root, &file, "/Cargo.toml"));
        assert!(!leads_somewhere(&root, &file, "Cargo.lock"));
    }
}
