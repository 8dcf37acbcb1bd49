//! Texts that people give things, and times that they give them.

use std::time::Duration;

use crate::domain::Refusal;

/// The longest lifetime that can be set, in seconds: ten years.
pub(super) const LONGEST: i64 = 315_360_000;

/// A name as it is kept: trimmed, 1 to 200 characters, all of them visible.
pub(super) fn name(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > 200 || text.chars().any(char::is_control) {
        return Err(Refusal::invalid(field, "give 1 to 200 visible characters"));
    }
    Ok(text.to_owned())
}

/// A name that stands in addresses: ASCII letters, digits, `.`, `_` and `-`. `.` and `..` alone lead
/// elsewhere there.
pub(super) fn identifier(field: &'static str, text: &str) -> Result<String, Refusal> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_step = matches!(text, "." | "..");
    if (1..=100).contains(&text.len()) && text.bytes().all(is_plain) && !is_step {
        return Ok(text.to_owned());
    }
    let mend =
        "give 1 to 100 letters, digits, dots, underscores or hyphens of ASCII, not just . or ..";
    Err(Refusal::invalid(field, mend))
}

/// A lifetime of `least` to `most` seconds.
pub(super) fn seconds(
    field: &'static str,
    seconds: i64,
    least: i64,
    most: i64,
) -> Result<Duration, Refusal> {
    let checked = u64::try_from(seconds).ok().filter(|_| (least..=most).contains(&seconds));
    let mend = || format!("give {least} to {most} seconds");
    checked.map(Duration::from_secs).ok_or_else(|| Refusal::invalid(field, mend()))
}

/// A lifetime of a minute to ten years, or 0 for one without end.
pub(super) fn seconds_or_unlimited(
    field: &'static str,
    text: i64,
) -> Result<Option<Duration>, Refusal> {
    if text == 0 {
        return Ok(None);
    }
    let mend = || Refusal::invalid(field, format!("give 0 (unlimited) or 60 to {LONGEST} seconds"));
    seconds(field, text, 60, LONGEST).map(Some).map_err(|_| mend())
}
