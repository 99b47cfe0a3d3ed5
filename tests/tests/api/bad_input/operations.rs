//! The operations of the API as its own document lists them.

use qorgan_tests::{Client, client};
use serde_json::Value;

/// One operation.
pub struct Operation {
    pub name: String,
    pub method: String,
    pub path: String,
    /// The schema of its JSON body, if it takes one.
    pub schema: Option<Value>,
    /// Names of its query parameters.
    pub query: Vec<String>,
}

impl Operation {
    /// Its address with one id in all places.
    pub fn at(&self, id: &str) -> String {
        let place = |piece: &str| if piece.starts_with('{') { id.to_owned() } else { piece.to_owned() };
        self.path.split('/').map(place).collect::<Vec<_>>().join("/")
    }
}

/// The document of the API, and all its operations.
pub fn read(client: &Client) -> (Value, Vec<Operation>) {
    let document = client::send(client.request("GET", "/openapi.json")).expect(200).body;
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(|(method, operation)| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            Operation {
                name: operation["operationId"].as_str().expect("an operation id").to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                schema: (!schema.is_null()).then(|| schema.clone()),
                query: parameters
                    .filter(|parameter| parameter["in"] == "query")
                    .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                    .collect(),
            }
        })
    });
    let operations: Vec<Operation> = operations.collect();
    (document, operations)
}
