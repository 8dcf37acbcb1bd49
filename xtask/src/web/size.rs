//! What a page has to load, compressed as servers send it, and the most that it may be.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{module, package};
use crate::say::{self, BAD, FAINT, PLAIN, STRONG, cell};
use crate::{needs, step, workspace};

/// What is loaded, and at most so many bytes of it.
struct Bound {
    name: &'static str,
    bytes: u64,
}

/// Measured with brotli at quality 11, under the names that `sdk-wasm/web/size.js` gives. The first two are what was
/// reached, so that nothing grows unseen; the aim is 28 and 30 KiB (`docs/benchmarks.md` says what stands between).
const BOUNDS: [Bound; 3] = [
    Bound { name: "slim, with its module", bytes: 41 * 1024 },
    Bound { name: "default, module inline", bytes: 44 * 1024 },
    Bound { name: "react, beside either", bytes: 1_536 },
];

pub(super) fn check() -> Result<()> {
    let (rows, over) = table(&sizes(&[package::installed()])?)?;
    say::table(&["loaded", "bytes", "brotli", "at most"], &rows);
    step::check("no page loads more than it may", || {
        if over.is_empty() {
            Ok("brotli".to_owned())
        } else {
            bail!("too large: {}", over.join(", "))
        }
    })
}

/// What each feature adds that the web leaves out of the core.
pub(super) fn costs() -> Result<()> {
    let mut files = vec![module::file()];
    for feature in module::LEFT_OUT {
        files.push(module::with_feature(feature)?);
    }
    let sizes = sizes(&files)?;
    let brotli = |at: usize| {
        let size = sizes.get(at).and_then(|size| size.get("brotli"));
        size.and_then(Value::as_i64).unwrap_or_default()
    };
    let names = module::LEFT_OUT.iter().enumerate();
    let rows: Vec<_> = names
        .map(|(at, name)| {
            vec![cell(STRONG, name), cell(PLAIN, format!("{:+}", brotli(at + 1) - brotli(0)))]
        })
        .collect();
    say::table(&["left out of the core", "brotli"], &rows);
    Ok(())
}

/// Measures a folder that the package is installed in, or single files.
fn sizes(paths: &[PathBuf]) -> Result<Value> {
    let mut measure = needs::node("node");
    measure.current_dir(workspace::root().join("sdk-wasm/web")).arg("size.js").args(paths);
    Ok(serde_json::from_str(&workspace::output_of(measure)?)?)
}

/// A row for each measure, and those beyond their bounds.
fn table(sizes: &Value) -> Result<(Vec<Vec<say::Cell>>, Vec<String>)> {
    let (mut rows, mut over) = (Vec::new(), Vec::new());
    for size in sizes.as_array().context("no sizes were measured")? {
        let name = size["name"].as_str().unwrap_or_default();
        let number = |field: &str| size[field].as_u64().unwrap_or_default();
        let bound = BOUNDS.iter().find(|bound| bound.name == name);
        let fits = bound.is_none_or(|bound| number("brotli") <= bound.bytes);
        if !fits {
            over.push(name.to_owned());
        }
        let most = bound.map_or_else(String::new, |bound| bound.bytes.to_string());
        rows.push(vec![
            cell(STRONG, name),
            cell(FAINT, number("bytes").to_string()),
            cell(if fits { PLAIN } else { BAD }, number("brotli").to_string()),
            cell(FAINT, most),
        ]);
    }
    let missing = BOUNDS.iter().find(|bound| !rows_have(sizes, bound.name));
    match missing {
        Some(bound) => bail!("`{}` was not measured", bound.name),
        None => Ok((rows, over)),
    }
}

fn rows_have(sizes: &Value, name: &str) -> bool {
    sizes.as_array().is_some_and(|all| all.iter().any(|size| size["name"] == name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sizes(slim: u64) -> Value {
        json!([
            { "name": "slim, with its module", "bytes": 9, "brotli": slim },
            { "name": "default, module inline", "bytes": 9, "brotli": 1 },
            { "name": "react, beside either", "bytes": 9, "brotli": 1 },
            { "name": "the module alone", "bytes": 9, "brotli": 99_999_999 },
        ])
    }

    #[test]
    fn what_is_too_large_is_named() {
        assert_eq!(table(&sizes(BOUNDS[0].bytes)).unwrap().1, [""; 0]);
        assert_eq!(table(&sizes(BOUNDS[0].bytes + 1)).unwrap().1, ["slim, with its module"]);
    }

    #[test]
    fn a_bound_without_a_measure_is_an_error() {
        let error = table(&json!([])).unwrap_err().to_string();
        assert!(error.contains("slim"), "{error}");
    }
}
