//! What is wrong with a seed file, and where.

use std::{fmt, ops::Range};

/// Why a seed file describes no world: the place in the text, and what to change there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedFileError {
    line: usize,
    column: usize,
    width: usize,
    source_line: String,
    reason: String,
}

impl SeedFileError {
    /// `at` counts bytes of `text`.
    pub(super) fn new(text: &str, at: Range<usize>, reason: String) -> Self {
        let before = text.get(..at.start).unwrap_or(text);
        let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
        let source_line = text.get(begin..).unwrap_or_default().lines().next().unwrap_or_default();
        let column = before.get(begin..).unwrap_or_default().chars().count() + 1;
        let marked = text.get(at).unwrap_or_default().lines().next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column,
            width: marked.chars().count().max(1),
            source_line: source_line.to_owned(),
            reason,
        }
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column, counted in characters from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong, and how to mend it.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The line of the file with the place marked below it.
    ///
    /// ```text
    ///    |
    /// 12 | emial = "ada@example.com"
    ///    | ^^^^^
    /// ```
    #[must_use]
    pub fn excerpt(&self) -> String {
        let Self { line, column, width, source_line, .. } = self;
        let margin = " ".repeat(line.to_string().len());
        // A tab moves the mark as far as it moves the text.
        let blank = |c: char| if c == '\t' { '\t' } else { ' ' };
        let indent: String = source_line.chars().take(column - 1).map(blank).collect();
        let mark = "^".repeat(*width);
        format!("{margin} |\n{line} | {source_line}\n{margin} | {indent}{mark}")
    }
}

impl fmt::Display for SeedFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.reason)
    }
}

impl std::error::Error for SeedFileError {}
