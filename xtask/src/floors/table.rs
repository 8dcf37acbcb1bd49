//! The house as data. A new room: put its name on the floor it belongs to.

/// One crate's floors and what its rooms may not mention.
pub(super) struct House {
    pub(super) source: &'static str,
    /// From top to bottom; imports go downwards, or to a neighbour on the same floor. A room is a
    /// module; `a::b` takes a part of it to another floor.
    pub(super) floors: &'static [&'static [&'static str]],
    pub(super) bans: &'static [Ban],
}

/// Words that may not stand outside tests in some rooms.
pub(super) struct Ban {
    /// The rooms it binds; all of them when empty.
    pub(super) inside: &'static [&'static str],
    pub(super) except: &'static [&'static str],
    /// Names and whole numbers; `url::` is the name only where it begins a path.
    pub(super) words: &'static [&'static str],
    pub(super) because: &'static str,
}

pub(super) const HOUSES: &[House] = &[
    House {
        source: "sdk-core/src",
        floors: &[
            &["lib", "typed"],
            &["client", "management", "verifier"],
            &["road", "native"],
            &["protocol", "host", "config", "trace"],
            &["secret", "error"],
            &["text"],
        ],
        bans: &[
            Ban {
                inside: &["protocol"],
                except: &[],
                words: &[
                    "tokio",
                    "reqwest",
                    "url::",
                    "serde_json",
                    "async",
                    "SystemTime",
                    "Instant",
                ],
                because: "the protocol is pure: no I/O, no clock, nothing that is big in wasm",
            },
            Ban {
                inside: &["road"],
                except: &[],
                words: &["tokio", "reqwest"],
                because: "the same road runs natively, in wasm and on phones",
            },
            Ban {
                inside: &[],
                except: &["trace"],
                words: &["tracing", "log::"],
                because: "what is told, and that no secret is among it, is decided in one place",
            },
            Ban {
                inside: &[],
                // A backend answers like the platform does.
                except: &["protocol::verdict", "verifier::answer"],
                words: &[
                    "401",
                    "403",
                    "404",
                    "410",
                    "429",
                    "UNAUTHORIZED",
                    "FORBIDDEN",
                    "NOT_FOUND",
                    "GONE",
                    "TOO_MANY_REQUESTS",
                ],
                because: "only the verdict knows what these statuses mean",
            },
        ],
    },
    House {
        source: "mock-server/src",
        floors: &[
            &["main", "lib"],
            &["cli"],
            &["control", "sdk", "seed"],
            &["world"],
            &["http", "pages", "store"],
            &["store::memory", "store::postgres"],
            &["domain"],
            &["crypto", "clock", "random"],
        ],
        bans: &[],
    },
];

impl House {
    /// The room a module path lies in, with its floor counted from the top.
    pub(super) fn room(&self, path: &[String]) -> Option<(usize, &'static str)> {
        let rooms = self.floors.iter().enumerate().flat_map(|(n, rooms)| {
            rooms.iter().filter(|room| lies_in(path, room)).map(move |room| (n, *room))
        });
        rooms.max_by_key(|(_, room)| room.len())
    }
}

impl Ban {
    pub(super) fn binds(&self, path: &[String]) -> bool {
        let among = |rooms: &[&str]| rooms.iter().any(|room| lies_in(path, room));
        (self.inside.is_empty() || among(self.inside)) && !among(self.except)
    }
}

fn lies_in(path: &[String], room: &str) -> bool {
    let mut path = path.iter();
    room.split("::").all(|step| path.next().is_some_and(|name| name == step))
}
