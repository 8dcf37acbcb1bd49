//! Lists on the wire: paging, sorting and searching in the query, pages in the answer. What cannot be read
//! falls back and is never an error (contract §5).

use std::{fmt, marker::PhantomData};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    error::Problem,
    io::{Asked, Parameter},
    query::Query,
};
use crate::domain::{
    Listing, MAX_PAGE_SIZE, PAGE_SIZE, Page, SessionKey, SessionListing, SessionStatus, SortKey,
    Window,
};

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PageOf{T}")]
pub(super) struct PageView<T> {
    items: Vec<T>,
    /// Counted from 0.
    page: u64,
    page_size: u64,
    total_items: u64,
    total_pages: u64,
}

impl<T> PageView<T> {
    pub(super) fn of<R>(page: Page<R>, show: impl FnMut(R) -> T) -> Self {
        let Page { items, window, total } = page.map(show);
        let total_pages = total.div_ceil(window.size.max(1));
        Self { items, page: window.page, page_size: window.size, total_items: total, total_pages }
    }
}

/// Which page of rows sorted by `K`.
pub(super) struct Listed<K>(pub(super) Listing<K>);

impl<K: SortKey + Send> Asked for Listed<K> {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        Ok(Self(listing(query, window(query))))
    }

    fn parameters() -> Vec<Parameter> {
        let mut all = paging();
        all.extend(sorting::<K>());
        all
    }
}

/// Only which page.
#[derive(Debug)]
pub(super) struct Paged(pub(super) Window);

impl Asked for Paged {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        Ok(Self(window(query)))
    }

    fn parameters() -> Vec<Parameter> {
        paging()
    }
}

/// Which sessions. `P` says what may be asked, and how large a page is.
pub(super) struct Sessions<P>(pub(super) SessionListing, PhantomData<P>);

/// What a list of sessions takes.
pub(super) trait SessionQuery: Send {
    /// The size of every page; `None` lets the caller choose.
    const SIZE: Option<u64>;
    /// Whether a status can be asked for.
    const BY_STATUS: bool;
}

/// One's own sessions.
#[derive(Debug)]
pub(super) struct Own;

/// Everybody's.
#[derive(Debug)]
pub(super) struct Everybodys;

/// Everybody's active ones, with what is in them.
#[derive(Debug)]
pub(super) struct Export;

impl SessionQuery for Own {
    const SIZE: Option<u64> = None;
    const BY_STATUS: bool = true;
}

impl SessionQuery for Everybodys {
    const SIZE: Option<u64> = Some(10);
    const BY_STATUS: bool = true;
}

impl SessionQuery for Export {
    const SIZE: Option<u64> = Some(100);
    const BY_STATUS: bool = false;
}

impl<P: SessionQuery> Asked for Sessions<P> {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        let asked = window(query);
        let window = Window { size: P::SIZE.unwrap_or(asked.size), ..asked };
        let status = query
            .lenient("status")
            .filter(|_| P::BY_STATUS)
            .and_then(|name| SessionStatus::ALL.into_iter().find(|status| status.name() == name));
        let app_id = query.lenient("app_id").filter(|app_id| app_id != ALL);
        let listing = listing::<SessionKey>(query, window);
        Ok(Self(SessionListing { listing, status, app_id, user: None }, PhantomData))
    }

    fn parameters() -> Vec<Parameter> {
        let mut all = paging();
        all.retain(|parameter| P::SIZE.is_none() || parameter.name != "pageSize");
        all.extend(sorting::<SessionKey>());
        if P::BY_STATUS {
            let names: Vec<_> = SessionStatus::ALL.iter().map(|status| status.name()).collect();
            let says = "Only sessions of this status; all of them unless said.";
            all.push(Parameter::optional("status", says, one_of(names, ALL)));
        }
        let says = "Only sessions of this application; of all of them unless said.";
        all.push(Parameter::optional("app_id", says, json!({ "type": "string", "default": ALL })));
        all
    }
}

/// What stands for no choice.
const ALL: &str = "all";

/// What `q`, `sort` and `dir` ask for.
pub(super) fn listing<K: SortKey>(query: &Query, window: Window) -> Listing<K> {
    let q = query.lenient("q").map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty());
    let sort = query.lenient("sort").map_or(K::DEFAULT, |name| K::named(&name));
    let descending = match query.lenient("dir").as_deref() {
        Some("asc") => false,
        Some("desc") => true,
        _ => K::DESCENDING,
    };
    Listing { q, sort, descending, window }
}

/// What `page` and `pageSize` ask for.
pub(super) fn window(query: &Query) -> Window {
    let number = |name| query.lenient(name).and_then(|text| text.parse::<i64>().ok());
    let page = number("page").and_then(|page| u64::try_from(page).ok()).unwrap_or_default();
    let size = match number("pageSize") {
        None | Some(0) => PAGE_SIZE,
        Some(size) => u64::try_from(size).unwrap_or(1).clamp(1, MAX_PAGE_SIZE),
    };
    Window { page, size }
}

fn paging() -> Vec<Parameter> {
    let optional = Parameter::optional;
    vec![
        optional(
            "page",
            "Which page, counted from 0.",
            json!({ "type": "integer", "minimum": 0, "default": 0 }),
        ),
        optional(
            "pageSize",
            "How many rows a page has: 1 to 200. 0 is the default.",
            json!({
                "type": "integer", "minimum": 0, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE,
            }),
        ),
    ]
}

pub(super) fn sorting<K: SortKey>() -> Vec<Parameter> {
    let names: Vec<_> = K::NAMES.iter().map(|(name, _)| *name).collect();
    let by = names.first().copied().unwrap_or_default();
    let direction = if K::DESCENDING { "desc" } else { "asc" };
    let optional = Parameter::optional;
    vec![
        optional("q", "Only rows that hold this text.", json!({ "type": "string" })),
        optional("sort", "What to sort by.", one_of(names, default_name::<K>().unwrap_or(by))),
        optional("dir", "Upwards or downwards.", one_of(vec!["asc", "desc"], direction)),
    ]
}

fn default_name<K: SortKey>() -> Option<&'static str> {
    let is_default = |key: &K| std::mem::discriminant(key) == std::mem::discriminant(&K::DEFAULT);
    K::NAMES.iter().find(|(_, key)| is_default(key)).map(|(name, _)| *name)
}

fn one_of(names: Vec<&'static str>, default: &str) -> Value {
    let mut names = names;
    if default == ALL {
        names.insert(0, ALL);
    }
    json!({ "type": "string", "enum": names, "default": default })
}

impl<K: fmt::Debug> fmt::Debug for Listed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<P> fmt::Debug for Sessions<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_falls_back() {
        for (text, page, size) in [
            ("", 0, 20),
            ("page=2&pageSize=5", 2, 5),
            ("page=-1&pageSize=0", 0, 20),
            ("page=x&pageSize=-3", 0, 1),
            ("page=1&page=2&pageSize=99999", 0, 200),
        ] {
            assert_eq!(window(&Query::parse(text)), Window { page, size }, "{text}");
        }
        let listing: Listing<SessionKey> = listing(
            &Query::parse("sort=nothing&dir=sideways&q=%20Ab%20"),
            Window { page: 0, size: 1 },
        );
        assert_eq!((listing.sort, listing.descending), (SessionKey::Created, true));
        assert_eq!(listing.q.as_deref(), Some("ab"));
    }
}
