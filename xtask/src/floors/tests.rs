//! The rules, on small houses that exist only here.

use super::*;

fn file(house: &House, module: &str, source: &str) -> Vec<String> {
    let module: Vec<String> = module.split("::").map(str::to_owned).collect();
    let facts = read::read(source.parse().unwrap(), &module);
    let file = File { name: "it.rs".into(), module, facts };
    let mut wrong = Vec::new();
    imports(house, &file, &mut wrong);
    words(house, &file, &mut wrong);
    wrong
}

fn core(module: &str, source: &str) -> Vec<String> {
    file(&HOUSES[0], module, source)
}

fn mock(module: &str, source: &str) -> Vec<String> {
    file(&HOUSES[1], module, source)
}

#[test]
fn downwards_and_sideways_are_allowed() {
    assert_eq!(core("client", "use crate::{road::Road, error::Error, verifier};"), [""; 0]);
    assert_eq!(core("protocol::wire", "use super::verdict; use crate::secret;"), [""; 0]);
    assert_eq!(mock("store", "use crate::store::memory::Memory;"), [""; 0]);
}

#[test]
fn upwards_is_reported_with_its_line() {
    let wrong = core("protocol::call", "\nuse crate::{error::Error, client::Client};");
    assert_eq!(
        wrong,
        ["\n  it.rs:2: `crate::client::Client` goes up, from `protocol` to `client`"]
    );
    assert_eq!(mock("domain", "use crate::store::memory::Memory;").len(), 1);
    assert_eq!(mock("store::memory", "use crate::store::Store;").len(), 1);
    assert_eq!(core("secret", "use super::road;").len(), 1);
}

#[test]
fn an_item_of_the_root_is_upwards_too() {
    assert_eq!(core("road", "use crate::Client;").len(), 1);
    assert_eq!(core("typed", "use crate::Client;"), [""; 0]);
}

#[test]
fn an_unknown_room_is_an_error() {
    assert!(core("util", "")[0].contains("`util` is on no floor"));
}

#[test]
fn the_protocol_is_pure() {
    assert_eq!(core("protocol::login", "use url::Url; async fn f() {}").len(), 2);
    assert_eq!(core("protocol", "fn f(t: std::time::SystemTime) {}").len(), 1);
    assert_eq!(core("native", "async fn f() { tokio::spawn(x) }"), [""; 0]);
}

#[test]
fn only_the_verdict_knows_the_statuses() {
    assert_eq!(core("protocol::verdict::table", "const GONE: u16 = 410;"), [""; 0]);
    assert_eq!(core("road", "if status == 410 {}").len(), 1);
    assert_eq!(core("native", "StatusCode::GONE").len(), 1);
    assert_eq!(mock("http", "const GONE: u16 = 410;"), [""; 0]);
}

#[test]
fn files_are_modules() {
    assert_eq!(module(Path::new("lib.rs")), ["lib"]);
    assert_eq!(module(Path::new("protocol/mod.rs")), ["protocol"]);
    assert_eq!(module(Path::new("protocol/verdict/table.rs")), ["protocol", "verdict", "table"]);
}
