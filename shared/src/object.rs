//! An object where the contract says object: serde would also take a list, as the fields in the order of our source.
//!
//! For the fields of bodies that hold an object; a body itself is looked at by whoever reads it.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Takes an object and nothing else.
struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// An object, null, or nothing at all (with `#[serde(default)]`).
struct Optional<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Optional<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(Object(PhantomData)).map(Some)
    }
}

/// For `#[serde(default, deserialize_with = "crate::object::optional")]`.
///
/// # Errors
/// When there is something else than an object or null, or when the object is not a `T`.
pub fn optional<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(Optional(PhantomData))
}

/// A list of objects.
struct List<T>(PhantomData<T>);

/// One of them.
struct Item<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object(PhantomData)).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(Item(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

/// For `#[serde(deserialize_with = "crate::object::list")]`.
///
/// # Errors
/// When it is no list, or holds anything else than objects that are a `T`.
pub fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(List(PhantomData))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Page {
        #[serde(default)]
        url: String,
    }

    #[derive(Debug, Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "super::optional")]
        page: Option<Page>,
        #[serde(default, deserialize_with = "super::list")]
        pages: Vec<Page>,
    }

    #[test]
    fn an_object_is_an_object_and_a_list_is_none() {
        for (text, is_taken) in [
            ("{}", true),
            (r#"{"page":null}"#, true),
            (r#"{"page":{"url":"x"}}"#, true),
            (r#"{"page":{}}"#, true),
            (r#"{"page":[]}"#, false),
            (r#"{"page":["x"]}"#, false),
            (r#"{"page":"x"}"#, false),
            (r#"{"pages":[{"url":"x"},{}]}"#, true),
            (r#"{"pages":[["x"]]}"#, false),
            (r#"{"pages":{}}"#, false),
        ] {
            assert_eq!(serde_json::from_str::<Body>(text).is_ok(), is_taken, "{text}");
        }
        let body: Body = serde_json::from_str(r#"{"page":{"url":"x"},"pages":[{"url":"y"}]}"#).unwrap();
        assert_eq!((body.page.map(|page| page.url), body.pages.len()), (Some("x".into()), 1));
    }
}
