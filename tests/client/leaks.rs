//! No secret in anything that this suite prints, at `TRACE`.

use std::collections::BTreeSet;

use secureflows_tests::leaks;

#[test]
fn nothing_secret_is_printed() {
    let searched = leaks::search("leaks::").unwrap_or_else(|leaks| panic!("{leaks}"));
    assert!(searched.secrets > 100, "only {} secrets were looked for", searched.secrets);
    for told in [
        "secureflows: sending attempt=1",
        "call{method=\"GET\" path=\"/sessions/get/{key}\"}",
        "secureflows: failed in passing, trying again attempt=1",
        "secureflows: failed in passing, and no repeats are left",
        "secureflows: given up, though the request may have taken effect",
        "secureflows: the sign-in changed",
        "reqwest",
    ] {
        assert!(searched.output.contains(told), "this is not told: {told}");
    }
}

#[test]
fn the_search_finds_what_is_there() {
    let secrets = BTreeSet::from(["tok-123"]);
    assert_eq!(leaks::leaks("a\nbearer tok-123!\nb", &secrets), ["bearer tok-123!"]);
}
