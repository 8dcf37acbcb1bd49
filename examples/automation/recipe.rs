//! Sends the requests of `recipe.http`, exactly as they stand there, and compares what comes back.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use std::collections::HashMap;

use reqwest::Method;
use secureflows_tests::{ADA, APP, Stage, WORKSPACE, leaks};
use serde_json::Value;

const RECIPE: &str = include_str!("recipe.http");

/// One request of the recipe.
#[derive(Default)]
struct Step {
    name: Option<String>,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    status: u16,
    answer: Option<Value>,
}

/// Reads the recipe's form: see its own head.
fn steps() -> Vec<Step> {
    RECIPE.split("\n### ").skip(1).map(step).collect()
}

fn step(text: &str) -> Step {
    let mut step = Step::default();
    let mut in_body = false;
    for line in text.lines().skip(1) {
        if let Some(name) = line.strip_prefix("# @name ") {
            step.name = Some(name.to_owned());
        } else if let Some(answer) = line.strip_prefix("# => ") {
            let (status, body) = answer.split_once(' ').unwrap_or((answer, ""));
            step.status = status.parse().unwrap();
            step.answer = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap());
            return step;
        } else if step.method.is_empty() {
            let (method, url) = line.split_once(' ').unwrap();
            (step.method, step.url) = (method.to_owned(), url.to_owned());
        } else if line.is_empty() {
            in_body = true;
        } else if in_body {
            step.body.push_str(line);
        } else {
            let (name, value) = line.split_once(": ").unwrap();
            step.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    panic!("a request without `# => `: {}", step.url);
}

/// Fills in `{{…}}`; a name that is not known fails.
fn fill(text: &str, known: &HashMap<String, String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (name, after) = behind.split_once("}}").unwrap();
        filled.push_str(before);
        filled.push_str(known.get(name).unwrap_or_else(|| panic!("{name} is not known")));
        rest = after;
    }
    filled + rest
}

#[tokio::test]
async fn the_recipe_works_as_it_says() {
    let stage = Stage::set().await;
    let identity = stage.world.identity_token(ADA).unwrap();
    leaks::note(&identity);
    let mut known: HashMap<String, String> = HashMap::from([
        ("origin".to_owned(), stage.world.origin().to_owned()),
        ("workspace".to_owned(), WORKSPACE.to_owned()),
        ("appId".to_owned(), APP.to_owned()),
        ("identityToken".to_owned(), identity),
    ]);
    let tool = reqwest::Client::builder().no_proxy().build().unwrap();
    let steps = steps();
    assert_eq!(steps.len(), 9);
    for step in steps {
        let method: Method = step.method.parse().unwrap();
        let mut request = tool.request(method, fill(&step.url, &known));
        for (name, value) in &step.headers {
            request = request.header(name, fill(value, &known));
        }
        if !step.body.is_empty() {
            request = request.body(fill(&step.body, &known));
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), step.status, "{} {}", step.method, step.url);
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        if let Some(expected) = step.answer {
            assert_eq!(body, expected, "{} {}", step.method, step.url);
        }
        if let Some(name) = step.name {
            for (member, value) in body.as_object().unwrap() {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                leaks::note(&value);
                known.insert(format!("{name}.response.body.$.{member}"), value);
            }
        }
    }
}

/// Everything that is printed by the way, at `TRACE`.
#[test]
fn nothing_secret_is_printed() {
    let searched =
        leaks::search("nothing_secret_is_printed").unwrap_or_else(|leaks| panic!("{leaks}"));
    assert!(searched.secrets > 2, "only {} secrets were looked for", searched.secrets);
    assert!(searched.output.contains("hyper"), "what clients print is among it");
}
