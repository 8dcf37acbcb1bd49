//! The platform's documentation, searched.

use serde::Deserialize;

use super::{Management, endpoints};
use crate::{error::Error, protocol::call::Call};

/// What a search brought.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocsSearch {
    /// What was searched for.
    pub query: String,
    /// How it was searched.
    pub embed_model: Option<String>,
    /// How many hits there are at most.
    pub limit: u32,
    /// What was found, the best first.
    pub hits: Vec<DocsHit>,
}

/// A section that was found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocsHit {
    /// The file it stands in.
    pub source_path: String,
    /// What kind of file that is.
    pub source_type: String,
    /// The title of the file.
    pub title: Option<String>,
    /// The heading of the section.
    pub heading: Option<String>,
    /// Some of it.
    pub snippet: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// How well it fits.
    pub score: f64,
}

impl Management {
    /// Searches the platform's documentation, for `limit` (1 to 20) sections. Anybody may.
    ///
    /// # Errors
    /// [`Error::Rejected`] when `query` is blank; [`Error::Unavailable`] while it cannot be searched.
    pub async fn search_docs(&self, query: &str, limit: u32) -> Result<DocsSearch, Error> {
        let limit = limit.to_string();
        let asked = [("q", query), ("limit", limit.as_str())];
        self.read(Call::to(&endpoints::DOCS_SEARCH).query(asked)).await
    }
}
