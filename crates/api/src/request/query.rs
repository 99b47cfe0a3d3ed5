//! Query parameters as a checked type.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

use super::text::FromText;
use crate::problem::{FieldErrors, Issue, Problem, ProblemCode};

/// The parameters of a request, taken by name; what nobody took is unknown.
pub struct QueryValues {
    values: BTreeMap<String, String>,
}

impl QueryValues {
    /// Splits a query string. A parameter that is given twice is refused: which of them is meant?
    fn split(query: &str, errors: &mut FieldErrors) -> Self {
        let mut values = BTreeMap::new();
        let pairs = web::Query::<Vec<(String, String)>>::from_query(query).map(web::Query::into_inner);
        for (name, value) in pairs.unwrap_or_default() {
            match values.entry(name) {
                Entry::Occupied(known) => errors.push_named(known.key(), Issue::new("repeated_parameter")),
                Entry::Vacant(place) => _ = place.insert(value),
            }
        }
        Self { values }
    }

    /// Takes a parameter.
    pub fn take<T: FromQuery>(&mut self, name: &str, errors: &mut FieldErrors) -> Option<T> {
        let read = match self.values.remove(name) {
            Some(value) => T::from_query(&value),
            None => T::absent(),
        };
        read.map_err(|issue| errors.push_named(name, issue)).ok()
    }

    /// Refuses every parameter that was not taken, by name.
    fn finish(self, errors: &mut FieldErrors) {
        for name in self.values.keys() {
            errors.push_named(name, Issue::new("unknown_parameter"));
        }
    }
}

/// A value of one query parameter.
pub trait FromQuery: Sized {
    /// Reads the decoded value.
    ///
    /// # Errors
    /// What is wrong with it.
    fn from_query(value: &str) -> Result<Self, Issue>;

    /// Stands in for a parameter that is not there.
    ///
    /// # Errors
    /// `missing_parameter`, except for types that may be absent.
    fn absent() -> Result<Self, Issue> {
        Err(Issue::new("missing_parameter"))
    }
}

impl<T: FromText> FromQuery for T {
    fn from_query(value: &str) -> Result<Self, Issue> {
        T::from_text(value)
    }
}

impl<T: FromText> FromQuery for Option<T> {
    fn from_query(value: &str) -> Result<Self, Issue> {
        T::from_text(value).map(Some)
    }

    fn absent() -> Result<Self, Issue> {
        Ok(None)
    }
}

impl<T: FromText> FromQuery for Vec<T> {
    /// Values between commas: `group_by=month,territory`.
    fn from_query(value: &str) -> Result<Self, Issue> {
        value.split(',').map(T::from_text).collect()
    }

    fn absent() -> Result<Self, Issue> {
        Ok(Vec::new())
    }
}

/// All query parameters of an operation. Types get it from [`query!`](crate::query!).
pub trait QueryParameters: Sized {
    /// Takes the parameters. `None` means that `errors` now says what is wrong.
    fn from_values(values: &mut QueryValues, errors: &mut FieldErrors) -> Option<Self>;
}

/// Parameters that several operations have in common, beside those of one: `Query<(Own, Common)>`.
impl<A: QueryParameters, B: QueryParameters> QueryParameters for (A, B) {
    fn from_values(values: &mut QueryValues, errors: &mut FieldErrors) -> Option<Self> {
        let own = A::from_values(values, errors);
        let common = B::from_values(values, errors);
        Some((own?, common?))
    }
}

/// The query parameters of a request, read and checked.
///
/// # Errors
/// `invalid_query` (400) naming every parameter that is unknown, repeated or wrong.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: QueryParameters> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

fn read<T: QueryParameters>(query: &str) -> Result<T, Problem> {
    let mut errors = FieldErrors::new();
    let mut values = QueryValues::split(query, &mut errors);
    let parameters = T::from_values(&mut values, &mut errors);
    values.finish(&mut errors);
    match parameters {
        Some(parameters) if errors.is_empty() => Ok(parameters),
        _ => Err(Problem::new(ProblemCode::InvalidQuery).with_errors(errors)),
    }
}

/// Which operations take query parameters at all, read from the API document: the same registration that made the
/// routes. Where [`Query`] is not among the parameters of a handler, nobody else would see a mistyped name.
#[derive(Debug, Clone, Default)]
pub struct QueryTable(HashSet<(&'static str, String)>);

impl QueryTable {
    /// The table of a document.
    pub fn new(document: &OpenApi) -> Self {
        let operations = document.paths.paths.iter().flat_map(|(path, item)| {
            let methods = [
                ("GET", &item.get),
                ("PUT", &item.put),
                ("POST", &item.post),
                ("DELETE", &item.delete),
                ("PATCH", &item.patch),
            ];
            methods.into_iter().filter_map(move |(method, operation)| Some((method, path, operation.as_ref()?)))
        });
        let taking = operations.filter(|(_, _, operation)| takes_query(operation));
        Self(taking.map(|(method, path, _)| (method, path.clone())).collect())
    }

    /// Refuses the parameters of a request to an operation that takes none. Without a table (`web::Data<QueryTable>`)
    /// nothing is refused.
    ///
    /// # Errors
    /// `invalid_query` (400) naming every parameter.
    pub fn check(request: &HttpRequest) -> Result<(), Problem> {
        let query = request.query_string();
        let Some(table) = request.app_data::<web::Data<Self>>().filter(|_| !query.is_empty()) else {
            return Ok(());
        };
        let pattern = request.match_pattern().unwrap_or_default();
        if table.0.iter().any(|(method, path)| *method == request.method().as_str() && *path == pattern) {
            return Ok(());
        }
        let mut errors = FieldErrors::new();
        QueryValues::split(query, &mut errors).finish(&mut errors);
        if errors.is_empty() { Ok(()) } else { Err(Problem::new(ProblemCode::InvalidQuery).with_errors(errors)) }
    }
}

fn takes_query(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(known) if matches!(known.parameter_in, ParameterIn::Query)))
}

/// Writes a type for the query parameters of an operation, with its entries in the API document.
///
/// A field of type `Option` or `Vec` (values between commas) may be absent.
///
/// ```
/// use qorgan_api::query;
/// use qorgan_api::request::Limit;
///
/// query! {
///     /// Which notes to list.
///     pub struct NoteFilter {
///         /// At most so many.
///         pub limit: Option<Limit>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! query {
    ($( $(#[$meta:meta])* $vis:vis struct $name:ident {
        $( $(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty ),* $(,)?
    } )+) => { $(
        #[derive(::utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        $(#[$meta])*
        // Inline, because schemas of parameters are not gathered into the document's components.
        $vis struct $name { $( #[param(inline)] $(#[$field_meta])* $field_vis $field: $type, )* }

        impl $crate::request::QueryParameters for $name {
            fn from_values(
                values: &mut $crate::request::QueryValues,
                errors: &mut $crate::problem::FieldErrors,
            ) -> Option<Self> {
                $( let $field = values.take::<$type>(stringify!($field), errors); )*
                Some(Self { $( $field: $field?, )* })
            }
        }
    )+ };
}
