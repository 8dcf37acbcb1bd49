//! What a source file imports and mentions, read from its tokens: comments and strings are no
//! imports, and what is compiled for tests only is left out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What one file says outside tests.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Paths into the crate, from its root, with their lines.
    pub(super) imports: Vec<(Vec<String>, usize)>,
    /// Names and whole numbers; a name that begins a path also with `::` behind it.
    pub(super) words: Vec<(String, usize)>,
    /// Modules in files of their own that are compiled for tests only.
    pub(super) test_modules: Vec<Vec<String>>,
}

/// Reads the tokens of the module at `module` (empty for the crate's root).
pub(super) fn read(source: TokenStream, module: &[String]) -> Facts {
    let mut facts = Facts::default();
    facts.walk(source, module);
    facts
}

impl Facts {
    fn walk(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        let (mut before, mut after_path) = (None, false);
        while let [token, tail @ ..] = rest {
            rest = tail;
            match token {
                TokenTree::Punct(hash) if hash.as_char() == '#' && for_tests(tail) => {
                    rest = self.skip_item(tail, module);
                }
                TokenTree::Ident(name) => {
                    let line = name.span().start().line;
                    let name = name.to_string();
                    if !after_path && behind_colons(tail).is_some() {
                        if let Some(prefix) = start_of_path(&name, module) {
                            self.path(prefix, tail, line);
                        }
                        self.words.push((format!("{name}::"), line));
                    }
                    self.words.push((name, line));
                }
                TokenTree::Literal(literal) => {
                    let line = literal.span().start().line;
                    self.words.extend(whole_number(&literal.to_string()).map(|n| (n, line)));
                }
                TokenTree::Group(group) => match name_of_module(&tokens, rest) {
                    Some(inner) => self.walk(group.stream(), &[module, &[inner]].concat()),
                    None => self.walk(group.stream(), module),
                },
                TokenTree::Punct(_) => {}
            }
            after_path = matches!((&before, token), (Some(TokenTree::Punct(a)), TokenTree::Punct(b))
                if a.as_char() == ':' && b.as_char() == ':');
            before = Some(token.clone());
        }
    }

    /// Follows a path, and every branch of `{…}`, from behind `crate` or `super`.
    fn path(&mut self, mut prefix: Vec<String>, mut rest: &[TokenTree], line: usize) {
        while let Some(tail) = behind_colons(rest) {
            match tail {
                [TokenTree::Ident(name), tail @ ..] => {
                    if name == "super" {
                        prefix.pop();
                    } else {
                        prefix.push(name.to_string());
                    }
                    rest = tail;
                }
                [TokenTree::Group(group), ..] => return self.branches(&prefix, group),
                _ => break,
            }
        }
        // A macro lives at the crate's root, whatever its room.
        let is_macro = matches!(rest, [TokenTree::Punct(mark), ..] if mark.as_char() == '!');
        if !is_macro {
            self.imports.push((prefix, line));
        }
    }

    fn branches(&mut self, prefix: &[String], group: &Group) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let comma = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ',');
        for branch in tokens.split(comma) {
            if let [TokenTree::Ident(name), tail @ ..] = branch {
                let line = name.span().start().line;
                let path = if name == "self" { Vec::new() } else { vec![name.to_string()] };
                self.path([prefix, &path].concat(), tail, line);
            }
        }
    }

    /// Passes over `[cfg(test)]`, other attributes, and the item they belong to.
    fn skip_item<'a>(&mut self, mut rest: &'a [TokenTree], module: &[String]) -> &'a [TokenTree] {
        while let [token, tail @ ..] = rest {
            match (token, tail) {
                (TokenTree::Punct(end), _) if end.as_char() == ';' => return tail,
                (TokenTree::Group(group), _) if is_brace(group) => return tail,
                (TokenTree::Ident(word), [TokenTree::Ident(name), TokenTree::Punct(end), ..])
                    if word == "mod" && end.as_char() == ';' =>
                {
                    self.test_modules.push([module, &[name.to_string()]].concat());
                }
                _ => {}
            }
            rest = tail;
        }
        rest
    }
}

/// Where a path leads that begins with `crate` or `super`.
fn start_of_path(name: &str, module: &[String]) -> Option<Vec<String>> {
    match name {
        "crate" => Some(Vec::new()),
        "super" => Some(module.split_last()?.1.to_vec()),
        _ => None,
    }
}

fn behind_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [TokenTree::Punct(a), TokenTree::Punct(b), tail @ ..]
            if a.as_char() == ':' && b.as_char() == ':' =>
        {
            Some(tail)
        }
        _ => None,
    }
}

fn is_brace(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

/// `NAME` in `mod NAME { … }`, when that group is the last thing taken from `all`.
fn name_of_module(all: &[TokenTree], rest: &[TokenTree]) -> Option<String> {
    match all.get(..all.len().checked_sub(rest.len())?)? {
        [.., TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(_)]
            if word == "mod" =>
        {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// Whether the attribute behind this `#` leaves an item to tests.
fn for_tests(tail: &[TokenTree]) -> bool {
    let [TokenTree::Group(attribute), ..] = tail else { return false };
    let text: String = attribute.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// `404` for `404`, `404u16` and `4_04`.
fn whole_number(literal: &str) -> Option<String> {
    literal.starts_with(|first: char| first.is_ascii_digit()).then_some(())?;
    let digits = literal.split(['u', 'i', '.']).next()?;
    Some(digits.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(source: &str, module: &[&str]) -> Facts {
        let module: Vec<String> = module.iter().map(|&name| name.into()).collect();
        read(source.parse().unwrap(), &module)
    }

    fn imports(source: &str, module: &[&str]) -> Vec<String> {
        let found = facts(source, module).imports.into_iter();
        found.map(|(path, line)| format!("{line} {}", path.join("::"))).collect()
    }

    fn mentions(source: &str, word: &str) -> bool {
        facts(source, &["room"]).words.iter().any(|(found, _)| found == word)
    }

    #[test]
    fn imports_of_every_form() {
        let source = "use crate::client::Client;\nuse crate::{road, protocol::{self, wire::Origin}};\n\
            fn f(x: &crate::host::Host) -> u8 { vec![crate::secret::N][0] }\npub(crate) use a::b;";
        let all = ["1 client::Client", "2 road", "2 protocol", "2 protocol::wire::Origin"];
        let all = [&all[..], &["3 host::Host", "3 secret::N"]].concat();
        assert_eq!(imports(source, &["x"]), all);
    }

    #[test]
    fn super_climbs_from_the_module_it_stands_in() {
        let source = "use super::verdict::V;\nuse super::super::road::R;\n\
            mod inner { use super::own; use super::super::call; }";
        let all =
            ["1 protocol::verdict::V", "2 road::R", "3 protocol::wire::own", "3 protocol::call"];
        assert_eq!(imports(source, &["protocol", "wire"]), all);
    }

    #[test]
    fn comments_strings_and_tests_are_not_read() {
        let source = "//! [`crate::client`]\n/// crate::client\nconst A: &str = \"crate::client 404\";\n\
            #[cfg(test)]\n#[expect(x)]\nmod tests { use crate::client; const N: u16 = 404; }\n\
            #[cfg(test)]\nuse crate::client;\n#[cfg(test)]\nmod cases;\nuse crate::host;";
        let facts = facts(source, &["room"]);
        assert_eq!(facts.imports, [(vec!["host".to_owned()], 11)]);
        assert_eq!(facts.test_modules, [["room", "cases"]]);
        assert!(!mentions(source, "404"));
    }

    #[test]
    fn words_are_whole_names_and_numbers() {
        assert!(mentions("async fn f() {}", "async"));
        assert!(mentions("x == 404u16", "404"));
        assert!(mentions("use url::Url;", "url::"));
        assert!(mentions("let u: url::Url = x;", "url::"));
        assert!(!mentions("use crate::url::Url; let url = 1;", "url::"));
        assert!(!mentions("let instant = 4040;", "Instant"));
        assert!(!mentions("let instant = 4040;", "404"));
    }

    #[test]
    fn macros_of_the_crate_have_no_room() {
        assert_eq!(imports("crate::bail!(x);", &["x"]), [""; 0]);
    }
}
