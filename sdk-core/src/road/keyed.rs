//! Values by key, sorted: there are few keys, and a hash map costs a browser more than it saves.

use crate::protocol::call::Key;

/// A value for each key that has one.
#[derive(Debug)]
pub(super) struct Keyed<V>(Vec<(Key, V)>);

impl<V> Default for Keyed<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Keyed<V> {
    pub(super) fn get(&self, key: &str) -> Option<&V> {
        let at = self.place(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let at = self.place(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// The value of `key`, or the one that is put there now.
    pub(super) fn get_or_insert(&mut self, key: &Key, new: impl FnOnce() -> V) -> Option<&mut V> {
        let at = match self.place(key.as_str()) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key.clone(), new()));
                at
            }
        };
        self.0.get_mut(at).map(|(_, value)| value)
    }

    pub(super) fn remove(&mut self, key: &str) {
        if let Ok(at) = self.place(key) {
            self.0.remove(at);
        }
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Key, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_one_value() {
        let mut keyed = Keyed::default();
        let key = |text| Key::parse(text).unwrap();
        for (n, text) in ["b", "a", "c", "a"].into_iter().enumerate() {
            *keyed.get_or_insert(&key(text), || 0).unwrap() += n;
        }
        let all: Vec<_> = keyed.iter().map(|(key, n)| (key.as_str(), *n)).collect();
        assert_eq!(all, [("a", 4), ("b", 0), ("c", 2)]);
        keyed.remove("b");
        keyed.remove("b");
        assert_eq!((keyed.get("b"), keyed.get("c")), (None, Some(&2)));
        assert_eq!(keyed.get_mut("c"), Some(&mut 2));
        keyed.retain(|_, n| *n > 2);
        assert_eq!(keyed.iter().count(), 1);
    }
}
