//! Files, and folders of them.

use std::{fs, io::Read as _, path::Path};

use memchr::memmem::Finder;

use super::{Failure, Place};

/// So much of a file is looked at at once.
const PIECE: usize = 1 << 20;

/// No word is longer.
const LONGEST_WORD: usize = 256;

/// What a file begins with that has its words in a form where none is found, and who writes it.
const PACKED: [(&[u8], &str); 6] = [
    (b"PGDMP", "a custom dump of pg_dump"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
];

/// Searches a file, or every file below a folder.
pub(super) fn search(path: &Path, words: &[String]) -> Result<Vec<Place>, Failure> {
    let places = search_all(path, words)?;
    if places.is_empty() {
        return Err(Failure::Nothing { path: path.into() });
    }
    Ok(places)
}

fn search_all(path: &Path, words: &[String]) -> Result<Vec<Place>, Failure> {
    let failed = |source| Failure::Read { what: "file", path: path.into(), source };
    let kind = fs::metadata(path).map_err(failed)?;
    if !kind.is_dir() {
        return Ok(if kind.is_file() { vec![search_file(path, words)?] } else { Vec::new() });
    }
    let mut places = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A link leads to what is searched anyway, or to nobody's business.
        if !entry.file_type().map_err(failed)?.is_symlink() {
            places.extend(search_all(&entry.path(), words)?);
        }
    }
    Ok(places)
}

fn search_file(path: &Path, words: &[String]) -> Result<Place, Failure> {
    let failed = |source| Failure::Read { what: "file", path: path.into(), source };
    let mut file = fs::File::open(path).map_err(failed)?;
    let (mut piece, mut kept) = (vec![0; LONGEST_WORD + PIECE], 0);
    let (mut read, mut found) = (0, 0);
    loop {
        let room = piece.get_mut(kept..).unwrap_or_default();
        let more = file.read(room).map_err(failed)?;
        if more == 0 {
            break;
        }
        let end = kept + more;
        let seen = piece.get(..end).unwrap_or_default();
        let packed = PACKED.iter().find(|(begins, _)| read == 0 && seen.starts_with(begins));
        if let Some((_, how)) = packed {
            return Err(Failure::Packed { path: path.into(), how });
        }
        // What began in the piece before was not whole there.
        found +=
            occurrences(seen, words) - occurrences(seen.get(..kept).unwrap_or_default(), words);
        read += more as u64;
        kept = end.min(LONGEST_WORD);
        piece.copy_within(end - kept..end, 0);
    }
    Ok(Place { place: path.display().to_string(), read, unit: "bytes", found })
}

/// How often any of the words occurs.
pub(super) fn occurrences(text: &[u8], words: &[String]) -> u64 {
    let finders = words.iter().map(|word| Finder::new(word.as_str()));
    finders.map(|finder| finder.find_iter(text).count() as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_once_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let words = ["canary4711".to_owned()];
        for before in [0, PIECE - 5, PIECE, PIECE + LONGEST_WORD - 3, 3 * PIECE] {
            let file = folder.path().join("dump");
            fs::write(&file, [vec![b'.'; before], b"canary4711 and more".to_vec()].concat())
                .unwrap();
            let places = search(folder.path(), &words).unwrap();
            let [place] = places.as_slice() else { panic!("{places:?}") };
            assert_eq!((place.found, place.read), (1, before as u64 + 19), "{before}");
        }
    }

    #[test]
    fn what_is_packed_is_not_called_clean() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dump");
        for (begins, how) in PACKED {
            fs::write(&file, [begins, b"and more"].concat()).unwrap();
            let error = search(folder.path(), &[]).unwrap_err().to_string();
            assert!(error.contains(how) && error.contains("make a plain dump"), "{error}");
            assert!(error.contains(file.to_str().unwrap()), "{error}");
            // The same bytes elsewhere are anybody's.
            fs::write(&file, [b"not ", begins].concat()).unwrap();
            assert_eq!(search(folder.path(), &[]).unwrap().len(), 1);
        }
    }

    #[cfg(unix)]
    #[test]
    fn where_no_file_is_nothing_is_proved() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        fs::create_dir(folder.path().join("empty")).unwrap();
        for path in [folder.path(), &socket, &folder.path().join("empty")] {
            let error = search(path, &[]).unwrap_err().to_string();
            assert!(error.contains(path.to_str().unwrap()), "{error}");
            assert!(error.contains("nothing to read"), "{error}");
        }
        fs::write(folder.path().join("log"), "one line").unwrap();
        assert_eq!(search(folder.path(), &[]).unwrap().len(), 1);
    }
}
