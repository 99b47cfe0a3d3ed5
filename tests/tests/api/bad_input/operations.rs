//! The operations of the API as its own document lists them.

use qorgan_tests::{Client, Server, client};
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
    /// The right that it asks for, or `none`.
    permission: String,
}

impl Operation {
    /// Its address with one id in all places; days and codes are such as there are.
    pub fn at(&self, id: &str) -> String {
        let place = |piece: &str| match piece {
            "{code}" => "neglect".to_owned(),
            "{day}" => "2026-12-16".to_owned(),
            _ if piece.starts_with('{') => id.to_owned(),
            _ => piece.to_owned(),
        };
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
                permission: operation["x-permission"].as_str().unwrap_or("none").to_owned(),
            }
        })
    });
    let operations: Vec<Operation> = operations.collect();
    (document, operations)
}

/// Users who together may do every operation: rights are asked before the form of a request.
pub struct Callers(Vec<(Client, Vec<String>)>);

impl Callers {
    pub fn new(server: &Server) -> Self {
        let names = [
            "administrator.home",
            "social_pedagogue.home",
            "supervisor.office.home",
            "health_specialist.home",
            "statistician.home",
            "auditor.home",
            "consilium_secretary.home",
            "qualification_member.home",
        ];
        Self(names.iter().map(|name| with_permissions(server.client(name))).collect())
    }

    /// A user who may do this.
    pub fn of(&self, operation: &Operation) -> &Client {
        let may =
            |permissions: &[String]| operation.permission == "none" || permissions.contains(&operation.permission);
        let caller = self.0.iter().find(|(_, permissions)| may(permissions));
        &caller.unwrap_or_else(|| panic!("nobody may {}: {}", operation.name, operation.permission)).0
    }
}

fn with_permissions(client: Client) -> (Client, Vec<String>) {
    let me = client.get("/auth/me").expect(200);
    let permissions = me.body["permissions"].as_array().expect("permissions");
    let permissions = permissions.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    (client, permissions)
}
