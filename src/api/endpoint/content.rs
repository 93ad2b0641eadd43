//! What bodies and answers may be: JSON, nothing, a file as it is, lines, text.
//!
//! Owns writing and reading each of them, and what the document says of it. How strictly the backend
//! reads JSON is the router's.

use std::fmt::Debug;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::Schemas;
use crate::api::call::Body;

/// What kind of bytes something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// None.
    Nothing,
    /// JSON.
    Json,
    /// As they are.
    File,
}

/// A body, or an answer.
pub trait Content: Debug + Clone + PartialEq + Send + Sync + 'static {
    /// What kind of bytes it is.
    const KIND: Kind;

    /// How the document describes it; nothing where it is nothing.
    fn schema(schemas: &mut Schemas) -> Option<RefOr<Schema>>;

    /// Writes it.
    ///
    /// # Errors
    /// None for types of ours: text, numbers, lists and objects of them.
    fn write(&self) -> Result<Body, serde_json::Error>;

    /// Reads it.
    ///
    /// # Errors
    /// What the JSON lacks or has too much of.
    fn read(body: &Bytes) -> Result<Self, serde_json::Error>;

    /// Takes it from a reader of JSON; only where it is JSON.
    ///
    /// # Errors
    /// What the reader finds wrong.
    fn of_json<'de, D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error>;
}

impl<T> Content for T
where
    T: Serialize + DeserializeOwned + ToSchema + Debug + Clone + PartialEq + Send + Sync + 'static,
{
    const KIND: Kind = Kind::Json;

    fn schema(schemas: &mut Schemas) -> Option<RefOr<Schema>> {
        T::schemas(schemas);
        let name = T::name();
        if name.is_empty() {
            return Some(<T as PartialSchema>::schema());
        }
        schemas.push((name.to_string(), <T as PartialSchema>::schema()));
        Some(Ref::from_schema_name(name).into())
    }

    fn write(&self) -> Result<Body, serde_json::Error> {
        serde_json::to_vec(self).map(|json| Body::Json(json.into()))
    }

    fn read(body: &Bytes) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    fn of_json<'de, D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        T::deserialize(reader)
    }
}

/// No parameter, no query, no body, or no answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Nothing;

impl Content for Nothing {
    const KIND: Kind = Kind::Nothing;

    fn schema(_schemas: &mut Schemas) -> Option<RefOr<Schema>> {
        None
    }

    fn write(&self) -> Result<Body, serde_json::Error> {
        Ok(Body::Empty)
    }

    fn read(_body: &Bytes) -> Result<Self, serde_json::Error> {
        Ok(Self)
    }

    fn of_json<'de, D: Deserializer<'de>>(_reader: D) -> Result<Self, D::Error> {
        Ok(Self)
    }
}

/// A file as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File(pub Bytes);

impl Content for File {
    const KIND: Kind = Kind::File;

    fn schema(_schemas: &mut Schemas) -> Option<RefOr<Schema>> {
        Some(<Vec<u8> as PartialSchema>::schema())
    }

    fn write(&self) -> Result<Body, serde_json::Error> {
        Ok(Body::File(self.0.clone()))
    }

    fn read(body: &Bytes) -> Result<Self, serde_json::Error> {
        Ok(Self(body.clone()))
    }

    fn of_json<'de, D: Deserializer<'de>>(_reader: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("a file is no JSON"))
    }
}

/// Text for people or for machines that watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub Bytes);

impl Content for Text {
    const KIND: Kind = Kind::File;

    fn schema(_schemas: &mut Schemas) -> Option<RefOr<Schema>> {
        Some(<String as PartialSchema>::schema())
    }

    fn write(&self) -> Result<Body, serde_json::Error> {
        Ok(Body::File(self.0.clone()))
    }

    fn read(body: &Bytes) -> Result<Self, serde_json::Error> {
        Ok(Self(body.clone()))
    }

    fn of_json<'de, D: Deserializer<'de>>(_reader: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("text is no JSON"))
    }
}

/// One JSON value a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines<T>(pub Bytes, PhantomData<T>);

impl<T> Content for Lines<T>
where
    T: ToSchema + Debug + Clone + PartialEq + Send + Sync + 'static,
{
    const KIND: Kind = Kind::File;

    fn schema(schemas: &mut Schemas) -> Option<RefOr<Schema>> {
        T::schemas(schemas);
        schemas.push((T::name().to_string(), <T as PartialSchema>::schema()));
        Some(Ref::from_schema_name(T::name()).into())
    }

    fn write(&self) -> Result<Body, serde_json::Error> {
        Ok(Body::File(self.0.clone()))
    }

    fn read(body: &Bytes) -> Result<Self, serde_json::Error> {
        Ok(Self(body.clone(), PhantomData))
    }

    fn of_json<'de, D: Deserializer<'de>>(_reader: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("lines are no JSON value"))
    }
}

/// A whole list, without pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct List<T>(pub Vec<T>);

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Ref::from_schema_name(T::name())).into()
    }
}

impl<T: ToSchema> ToSchema for List<T> {
    /// None: it stands where it is used.
    fn name() -> std::borrow::Cow<'static, str> {
        "".into()
    }

    fn schemas(schemas: &mut Schemas) {
        T::schemas(schemas);
        schemas.push((T::name().to_string(), T::schema()));
    }
}
