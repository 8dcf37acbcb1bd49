//! Where in a seed file something stands.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The dotted names that lead to the innermost value around `at`, such as `workspace.user.email`.
pub(super) fn path_to(text: &str, at: &Range<usize>) -> Option<String> {
    let root = DeTable::parse(text).ok()?;
    let mut names = Vec::new();
    descend(root.get_ref(), at, &mut names);
    if names.is_empty() { None } else { Some(names.join(".")) }
}

/// A table written as `[name]` has its header for a place, so what is inside is looked at first.
fn descend(table: &DeTable<'_>, at: &Range<usize>, names: &mut Vec<String>) -> bool {
    let around = |span: Range<usize>| span.start <= at.start && at.end <= span.end;
    table.iter().any(|(name, value)| {
        names.push(name.get_ref().to_string());
        let found = tables_of(value).any(|(inner, _)| descend(inner, at, names))
            || around(value.span())
            || tables_of(value).any(|(_, span)| around(span));
        if !found {
            names.pop();
        }
        found
    })
}

/// The last value of `name` in the tables of `array` that is `wanted`, wherever they are nested.
pub(super) fn value_of(text: &str, array: &str, name: &str, wanted: &str) -> Option<Range<usize>> {
    let root = DeTable::parse(text).ok()?;
    let mut found = None;
    search(root.get_ref(), "", (array, name, wanted), &mut found);
    found
}

fn search(
    table: &DeTable<'_>,
    inside: &str,
    wanted: (&str, &str, &str),
    found: &mut Option<Range<usize>>,
) {
    for (name, value) in table {
        let name: &str = name.get_ref();
        if (inside, name) == (wanted.0, wanted.1) {
            *found = matching(value, wanted.2).or(found.take());
        }
        for (inner, _) in tables_of(value) {
            search(inner, name, wanted, found);
        }
    }
}

fn matching(value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::String(text) => (text == wanted).then(|| value.span()),
        DeValue::Integer(number) => (number.as_str() == wanted).then(|| value.span()),
        DeValue::Array(values) => values.iter().rev().find_map(|value| matching(value, wanted)),
        _ => None,
    }
}

/// The tables that a value holds: itself, or the members of an array.
fn tables_of<'a, 'text>(
    value: &'a Spanned<DeValue<'text>>,
) -> impl Iterator<Item = (&'a DeTable<'text>, Range<usize>)> {
    let members: Box<dyn Iterator<Item = &'a Spanned<DeValue<'text>>>> = match value.get_ref() {
        DeValue::Array(values) => Box::new(values.iter()),
        _ => Box::new(std::iter::once(value)),
    };
    members.filter_map(|value| match value.get_ref() {
        DeValue::Table(table) => Some((table, value.span())),
        _ => None,
    })
}
