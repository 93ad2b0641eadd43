//! Parameters of paths: what may be one, and what the document says of each.
//!
//! Owns filling a template, and the words, by what stands before a parameter: `sites/{url}` is a
//! site's URL wherever it stands.

use std::fmt::Debug;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use super::{Nothing, Schemas};

/// One parameter.
pub trait Part: DeserializeOwned + Debug + Clone + PartialEq + Send + Sync + 'static {
    /// As it stands in a path, before it is encoded.
    fn text(&self) -> String;

    /// Reads it back.
    fn read(text: &str) -> Option<Self>;

    /// How the document describes it.
    fn schema(schemas: &mut Schemas) -> RefOr<Schema>;

    /// The text to be put into its one form; nothing where it has but one.
    fn free(&mut self) -> Option<&mut String> {
        None
    }
}

impl Part for String {
    fn text(&self) -> String {
        self.clone()
    }

    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn schema(_schemas: &mut Schemas) -> RefOr<Schema> {
        <Self as PartialSchema>::schema()
    }

    fn free(&mut self) -> Option<&mut String> {
        Some(self)
    }
}

impl Part for u64 {
    fn text(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn schema(_schemas: &mut Schemas) -> RefOr<Schema> {
        <Self as PartialSchema>::schema()
    }
}

/// The code of something. What is none is told only to who may ask.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Code<T>(String, #[serde(skip)] PhantomData<T>);

impl<T> Code<T> {
    /// Of this.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into(), PhantomData)
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: ToSchema + Debug + Clone + PartialEq + Send + Sync + 'static> Part for Code<T> {
    fn text(&self) -> String {
        self.0.clone()
    }

    fn read(text: &str) -> Option<Self> {
        Some(Self::new(text))
    }

    fn schema(schemas: &mut Schemas) -> RefOr<Schema> {
        shared::<T>(schemas)
    }
}

fn shared<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    schemas.push((T::name().to_string(), T::schema()));
    Ref::from_schema_name(T::name()).into()
}

/// All parameters of a path, in order.
pub trait Path: DeserializeOwned + Debug + Clone + PartialEq + Send + Sync + 'static {
    /// As they stand in a path, before they are encoded.
    fn texts(&self) -> Vec<String>;

    /// Reads them back.
    fn read(texts: &[String]) -> Option<Self>;

    /// How the document describes them.
    fn schemas(schemas: &mut Schemas) -> Vec<RefOr<Schema>>;

    /// The first one, to be put into its one form.
    fn first(&mut self) -> Option<&mut String>;
}

impl Path for Nothing {
    fn texts(&self) -> Vec<String> {
        Vec::new()
    }

    fn read(texts: &[String]) -> Option<Self> {
        let [] = texts else { return None };
        Some(Self)
    }

    fn schemas(_schemas: &mut Schemas) -> Vec<RefOr<Schema>> {
        Vec::new()
    }

    fn first(&mut self) -> Option<&mut String> {
        None
    }
}

impl<A: Part> Path for A {
    fn texts(&self) -> Vec<String> {
        vec![self.text()]
    }

    fn read(texts: &[String]) -> Option<Self> {
        let [a] = texts else { return None };
        A::read(a)
    }

    fn schemas(schemas: &mut Schemas) -> Vec<RefOr<Schema>> {
        vec![A::schema(schemas)]
    }

    fn first(&mut self) -> Option<&mut String> {
        self.free()
    }
}

impl<A: Part, B: Part> Path for (A, B) {
    fn texts(&self) -> Vec<String> {
        vec![self.0.text(), self.1.text()]
    }

    fn read(texts: &[String]) -> Option<Self> {
        let [a, b] = texts else { return None };
        Some((A::read(a)?, B::read(b)?))
    }

    fn schemas(schemas: &mut Schemas) -> Vec<RefOr<Schema>> {
        vec![A::schema(schemas), B::schema(schemas)]
    }

    fn first(&mut self) -> Option<&mut String> {
        self.0.free()
    }
}

impl<A: Part, B: Part, C: Part> Path for (A, B, C) {
    fn texts(&self) -> Vec<String> {
        vec![self.0.text(), self.1.text(), self.2.text()]
    }

    fn read(texts: &[String]) -> Option<Self> {
        let [a, b, c] = texts else { return None };
        Some((A::read(a)?, B::read(b)?, C::read(c)?))
    }

    fn schemas(schemas: &mut Schemas) -> Vec<RefOr<Schema>> {
        vec![A::schema(schemas), B::schema(schemas), C::schema(schemas)]
    }

    fn first(&mut self) -> Option<&mut String> {
        self.0.free()
    }
}

/// The parameters of this path, for the document.
pub(super) fn parameters<P: Path>(path: &str, schemas: &mut Schemas) -> Vec<Parameter> {
    let parts: Vec<&str> = path.split('/').collect();
    let named = parts.windows(2).filter_map(|pair| Some((pair[0], name(pair[1])?)));
    let described = P::schemas(schemas);
    named
        .zip(described)
        .map(|((before, name), schema)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(words(before, name))
                .schema(Some(schema))
                .build()
        })
        .collect()
}

/// The name of a parameter, where a part of a template is one.
fn name(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// What a parameter is, by what stands before it; nothing where nobody has said.
fn words(before: &str, name: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == before || *known == name).map(|(_, words)| *words)
}

/// By the part of the path before a parameter, or else by the parameter's own name.
const WORDS: &[(&str, &str)] = &[
    ("cohorts", "The cohort's name: 1 to 80 characters."),
    ("declines", "The address that declined."),
    ("domains", "The domain."),
    ("drafts", "The wizard."),
    ("imports", "The import."),
    ("meetings", "The meeting."),
    ("offers", "Whose offer: an organization's id, or the address that it was made to."),
    ("orders", "The order's number."),
    ("organizations", "The organization's id."),
    ("participants", "The `person` of a profile or a participant."),
    ("people", "The person's address."),
    ("plans", "The plan's id."),
    ("roles", "The role."),
    ("runs", "The run's id."),
    ("sessions", "The session's id."),
    ("sites", "The site's URL: a host name."),
    ("tokens", "The token's id."),
    ("trials", "The customer's organization id."),
    ("users", "The UserID."),
    ("email", "Whose: an address."),
    ("outbox", "The mail's number."),
    ("step", "The step."),
    ("subject", "What it is about: a site's URL, an organization's id, an order's number."),
];
