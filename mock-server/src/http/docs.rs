//! `/api/v1/docs/search`: the mock's own documentation, searched by words (contract §5).

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    actor::Nobody,
    call::Call,
    error::Problem,
    io::{Answer, Asked, Json, Parameter},
    query::Query,
    routes,
};
use crate::domain::{Directory, Refusal};

/// What is searched beside the operations.
const GUIDE: &str = include_str!("../../guide.md");

const DEFAULT_LIMIT: usize = 8;
const MAX_LIMIT: usize = 20;

/// So much of a section is shown, in characters.
const SNIPPET: usize = 240;

/// What is searched for.
#[derive(Debug)]
pub(super) struct Search {
    q: String,
    limit: usize,
}

impl Asked for Search {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        let q = query.text("q")?.unwrap_or_default().trim().to_owned();
        if q.is_empty() {
            return Err(Refusal::invalid("q", "say what to search for").into());
        }
        let limit = query.lenient("limit").and_then(|limit| limit.parse().ok());
        Ok(Self { q, limit: limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) })
    }

    fn parameters() -> Vec<Parameter> {
        let text = json!({ "type": "string", "minLength": 1, "pattern": "\\S" });
        let limit = json!({
            "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT,
        });
        vec![
            Parameter::required("q", "What to search for.", text, json!("renew a session")),
            Parameter::optional("limit", "How many hits.", limit),
        ]
    }
}

/// What was found, the best first.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    query: String,
    embed_model: &'static str,
    limit: usize,
    hits: Vec<Hit>,
}

/// A section that was found.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Hit {
    source_path: &'static str,
    source_type: &'static str,
    title: String,
    heading: String,
    snippet: String,
    url: String,
    score: f64,
}

/// A part of the documentation.
struct Section {
    source_path: &'static str,
    source_type: &'static str,
    title: String,
    heading: String,
    text: String,
    url: String,
}

pub(super) async fn search<S: Directory>(
    _: Call<S>,
    _: Nobody,
    Search { q, limit }: Search,
) -> Answer<Json<Found>> {
    static SECTIONS: OnceLock<Vec<Section>> = OnceLock::new();
    let words: Vec<String> = words(&q).collect();
    let sections = SECTIONS.get_or_init(sections::<S>).iter();
    let mut hits: Vec<Hit> = sections.filter_map(|section| section.hit(&words)).collect();
    hits.sort_by(|one, other| other.score.total_cmp(&one.score));
    hits.truncate(limit);
    Ok(Json(Found { query: q, embed_model: "none: words are compared", limit, hits }))
}

fn sections<S: Directory>() -> Vec<Section> {
    let guide = GUIDE.split("\n## ").skip(1).map(|part| {
        let (heading, text) = part.split_once('\n').unwrap_or((part, ""));
        Section {
            source_path: "mock-server/guide.md",
            source_type: "guide",
            title: "The secureFlows mock platform".to_owned(),
            heading: heading.to_owned(),
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            url: format!("/openapi.json#{}", words(heading).collect::<Vec<_>>().join("-")),
        }
    });
    let operations = routes::table::<S>().into_iter().map(|route| Section {
        source_path: "docs/supported.md",
        source_type: "operation",
        title: route.operation.to_owned(),
        heading: format!("{} {}", route.method, route.path),
        text: route.says.to_owned(),
        url: format!("/openapi.json#{}", route.operation),
    });
    guide.chain(operations).collect()
}

impl Section {
    /// The section as a hit; `None` when it has none of the words. A word of its heading counts double.
    fn hit(&self, words: &[String]) -> Option<Hit> {
        let (head, text) = (format!("{} {}", self.title, self.heading), &self.text);
        let has = |place: &str, word: &str| self::words(place).any(|known| known == *word);
        let points = words
            .iter()
            .map(|word| 2 * usize::from(has(&head, word)) + usize::from(has(text, word)));
        let points: usize = points.sum();
        if points == 0 {
            return None;
        }
        let score = points as f64 / (3 * words.len()) as f64;
        Some(Hit {
            source_path: self.source_path,
            source_type: self.source_type,
            title: self.title.clone(),
            heading: self.heading.clone(),
            snippet: self.text.chars().take(SNIPPET).collect(),
            url: self.url.clone(),
            score: (score * 1_000.0).round() / 1_000.0,
        })
    }
}

/// The words of a text, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}
