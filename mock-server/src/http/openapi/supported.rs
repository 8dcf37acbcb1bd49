//! `docs/supported.md`: what there is, for people.

use std::collections::BTreeSet;

use super::{described, operation};
use crate::{
    http::{
        dialect::Profile,
        dispatch::{Access, Route},
        io::Schemas,
        routes,
    },
    store::Memory,
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/supported.md");

const HEAD: &str = "\
# What the mock platform answers

Made from the one table of its routes; a test fails when it differs. The same in full, with bodies and
examples, is [`openapi.json`](../mock-server/openapi.json), which every world serves at `/openapi.json` in the words
of its profile. The names are those of faults, the journal and the OpenAPI document.
";

#[test]
fn the_list_in_the_repository_is_up_to_date() {
    let table = routes::table::<Memory>();
    let (published, ours): (Vec<_>, Vec<_>) =
        described(&table).partition(|route| route.is_published());
    let mut text = HEAD.to_owned();
    text += &format!("\n## The platform: {} operations\n\n", published.len());
    text += "Statuses are those of profile `default`. Paths begin with `/api/v1`.\n\n";
    text += "| operation | | who may call | statuses | audit events |\n| --- | --- | --- | --- | --- |\n";
    text.extend(published.iter().map(|route| row(route, "/api/v1")));
    text += "\n## The mock's own\n\n| operation | | |\n| --- | --- | --- |\n";
    text.extend(ours.iter().map(|route| {
        format!("| `{}` | {} `{}` | {} |\n", route.operation, route.method, route.path, route.says)
    }));
    compare(PATH, &text);
}

fn row(route: &Route<Memory>, base: &str) -> String {
    let path = route.path.strip_prefix(base).unwrap_or(route.path);
    let statuses = statuses(route, Profile::Default);
    let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
    let events: Vec<_> = route.audits.iter().map(|kind| format!("`{}`", kind.name())).collect();
    format!(
        "| `{}`: {} | {} `{path}` | {} | {} | {} |\n",
        route.operation,
        route.says.trim_end_matches('.'),
        route.method,
        who(route.endpoint.access),
        statuses.join(" "),
        events.join(", "),
    )
}

/// Who may call, in a word.
pub(super) fn who(access: Access) -> &'static str {
    match access {
        Access::Public => "public",
        Access::Session => "session",
        Access::Identity => "identity",
        Access::User => "user",
        Access::Admin => "admin",
        Access::Billing => "billing",
    }
}

/// Every status that an operation answers, in order.
fn statuses(route: &Route<Memory>, profile: Profile) -> BTreeSet<u16> {
    let mut schemas = Schemas::new();
    let gives = (route.endpoint.gives)(&mut schemas);
    let takes_body = (route.endpoint.takes)(&mut schemas).body.is_some();
    let said = operation::said(route, profile, takes_body);
    let errors = said.iter().map(|said| said.status.as_u16());
    errors.chain([gives.status.as_u16()]).collect()
}

/// Fails when a file of the repository is not `text`, or writes it anew.
pub(super) fn compare(path: &str, text: &str) {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == text, "{path}: run UPDATE_SCHEMA=1 cargo test -p secureflows-mock up_to_date");
}
