//! No secret in anything that this suite prints, at `TRACE`.

use secureflows_tests::leaks;

#[test]
fn nothing_secret_is_printed() {
    let searched = leaks::search("leaks::").unwrap_or_else(|leaks| panic!("{leaks}"));
    assert!(searched.secrets > 10, "only {} secrets were looked for", searched.secrets);
    assert!(searched.output.contains("path=\"/users\""));
}
