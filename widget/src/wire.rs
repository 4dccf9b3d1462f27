//! JSON of the contract's types, read and written with the browser's own parser.
//!
//! `serde_json` would bring a second parser, number formatting and texts for errors that nobody reads: 100 kB before
//! compression, more than all views. Here the browser parses, serde walks the result, and every error is one value
//! without size. It must not know a type of the contract: what a field means is said in `shared`.

use crate::browser::get;
use js_sys::{Array, JSON};
use serde::Serialize;
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, SeqAccess, Unexpected, Visitor,
};
use std::fmt;
use wasm_bindgen::{JsCast, JsValue};

/// Not the JSON that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong JSON")
    }
}
impl std::error::Error for Wrong {}

// Every way to make one is spelled out, because the defaults would format a message.
impl Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// Reads a value from JSON text.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(parse(text)?).ok()
}

fn parse(text: &str) -> Option<Js> {
    JSON::parse(text).ok().map(Js)
}

/// Writes a value as JSON text.
pub(crate) fn to_text<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// A parsed value.
struct Js(JsValue);

impl Js {
    fn number<'de, V: Visitor<'de>>(number: f64, visitor: V) -> Result<V::Value, Wrong> {
        #[expect(clippy::cast_possible_truncation, reason = "compared with what it was")]
        let whole = number as i64;
        #[expect(
            clippy::cast_precision_loss,
            clippy::float_cmp,
            clippy::cast_sign_loss,
            reason = "whole numbers of JSON are below 2^53"
        )]
        match whole {
            _ if whole as f64 != number => visitor.visit_f64(number),
            0.. => visitor.visit_u64(whole as u64),
            _ => visitor.visit_i64(whole),
        }
    }
}

impl<'de> Deserializer<'de> for Js {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let value = self.0;
        if let Some(text) = value.as_string() {
            visitor.visit_string(text)
        } else if let Some(number) = value.as_f64() {
            Self::number(number, visitor)
        } else if let Some(truth) = value.as_bool() {
            visitor.visit_bool(truth)
        } else if value.is_null() || value.is_undefined() {
            visitor.visit_unit()
        } else {
            // Maps with free keys and untagged types do not occur among the types that are read here.
            Err(Wrong)
        }
    }

    /// Only the fields that are wanted are looked at; others may come with a newer edge.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if !self.0.is_object() {
            return Err(Wrong);
        }
        visitor.visit_seq(Fields { object: self.0, names: fields.iter(), is_missing: false })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() || self.0.is_undefined() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let word: StringDeserializer<Wrong> = self.0.as_string().ok_or(Wrong)?.into_deserializer();
        visitor.visit_enum(word)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_string(self.0.as_string().ok_or(Wrong)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_string(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        Self::number(self.0.as_f64().ok_or(Wrong)?, visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_bool(self.0.as_bool().ok_or(Wrong)?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(Items { items: self.0.dyn_into().map_err(|_| Wrong)?, at: 0 })
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map ignored_any
    }
}

struct Items {
    items: Array,
    at: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        self.next().map(|item| seed.deserialize(item)).transpose()
    }
}

impl Items {
    fn next(&mut self) -> Option<Js> {
        let item = (self.at < self.items.length()).then(|| Js(self.items.get(self.at)));
        self.at += 1;
        item
    }
}

/// The wanted fields of an object, in the order of the type: no names are compared, and what serde compiles for a sequence
/// is half of what it compiles for a map.
struct Fields {
    object: JsValue,
    names: std::slice::Iter<'static, &'static str>,
    /// Whether the last one asked for was not there.
    is_missing: bool,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        let Some(value) = self.next() else { return Ok(None) };
        match seed.deserialize(value) {
            // The field's default stands for it; without one the value is wrong.
            Err(Wrong) if self.is_missing => Ok(None),
            read => read.map(Some),
        }
    }
}

impl Fields {
    /// The next field's value. Apart from what depends on its type, so that it is compiled once.
    fn next(&mut self) -> Option<Js> {
        let value = get(&self.object, self.names.next()?);
        self.is_missing = value.is_undefined();
        Some(Js(value))
    }
}
