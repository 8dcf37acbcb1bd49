//! Lists: which rows, in what order, which page of them.

use std::cmp::Ordering;

/// Rows on a page unless it is asked for.
pub(crate) const PAGE_SIZE: u64 = 20;

/// The most rows on a page.
pub(crate) const MAX_PAGE_SIZE: u64 = 200;

/// What a list can be sorted by.
pub(crate) trait SortKey: Copy + 'static {
    /// The names on the wire.
    const NAMES: &'static [(&'static str, Self)];

    /// What a list is sorted by that is not told, or told something else.
    const DEFAULT: Self;

    /// Whether a list that is not told otherwise runs downwards.
    const DESCENDING: bool;

    /// The key of this name; the default for any other.
    fn named(name: &str) -> Self {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map_or(Self::DEFAULT, |(_, key)| *key)
    }
}

/// A row that can be searched and sorted.
pub(crate) trait Listed {
    type Key: SortKey;

    /// Whether the row is one that `q` looks for: lower case, and never empty.
    fn contains(&self, q: &str) -> bool;

    /// Its place before or after another one, upwards.
    fn compare(&self, other: &Self, key: Self::Key) -> Ordering;
}

/// Which page of which rows.
#[derive(Debug, Clone)]
pub(crate) struct Listing<K> {
    /// Lower case; `None` looks for nothing in particular.
    pub(crate) q: Option<String>,
    pub(crate) sort: K,
    pub(crate) descending: bool,
    pub(crate) window: Window,
}

/// A part of a list: which page, counted from 0, of how many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) page: u64,
    pub(crate) size: u64,
}

/// A page of a list, and how much there is.
#[derive(Debug, Clone)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) window: Window,
    pub(crate) total: u64,
}

impl<K: SortKey> Listing<K> {
    /// Picks the page out of all rows of a list.
    pub(crate) fn pick<T: Listed<Key = K>>(&self, rows: impl Iterator<Item = T>) -> Page<T> {
        let wanted = |row: &T| self.q.as_deref().is_none_or(|q| row.contains(q));
        let mut rows: Vec<T> = rows.filter(wanted).collect();
        rows.sort_by(|one, other| {
            let order = one.compare(other, self.sort);
            if self.descending { order.reverse() } else { order }
        });
        self.window.cut(rows)
    }
}

impl Window {
    /// The page of rows that are in order already.
    pub(crate) fn cut<T>(self, rows: Vec<T>) -> Page<T> {
        let total = rows.len() as u64;
        let skip = usize::try_from(self.page.saturating_mul(self.size)).unwrap_or(usize::MAX);
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        Page { items: rows.into_iter().skip(skip).take(size).collect(), window: self, total }
    }
}

impl<T> Page<T> {
    pub(crate) fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(make).collect();
        Page { items, window: self.window, total: self.total }
    }
}

/// Whether a text holds `q`, whatever its case.
pub(crate) fn holds(text: &str, q: &str) -> bool {
    text.to_lowercase().contains(q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_begin_at_zero_and_end_where_the_rows_do() {
        let page = |page, size| {
            let cut = Window { page, size }.cut(vec![1, 2, 3, 4, 5]);
            (cut.items, cut.total)
        };
        assert_eq!(page(0, 2), (vec![1, 2], 5));
        assert_eq!(page(2, 2), (vec![5], 5));
        assert_eq!(page(3, 2), (vec![], 5));
        assert_eq!(page(u64::MAX, u64::MAX), (vec![], 5));
    }
}
