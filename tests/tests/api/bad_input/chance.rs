//! Bodies made by chance, by the schemas of the API's document and by none: whatever they are, nothing fails.

use std::fmt::Write;

use qorgan_tests::{Client, client};
use serde_json::{Map, Value, json};

use super::operations::{Operation, read};
use crate::support::{Cast, open_case, register_child};

/// Requests of one run. The seed is fixed: a failure comes back.
const REQUESTS: u32 = 4_000;
const SEED: u64 = 4_210;

/// A small generator of numbers (splitmix64), so that a seed means the same for ever.
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).expect("64 bits")).expect("below the bound")
    }

    /// One of these.
    pub fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }
}

/// A schema with its references followed.
pub fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(document, document.pointer(&reference[1..]).expect("a schema")),
        None => schema,
    }
}

/// Values that somebody may send who means harm, or whose program is wrong.
fn strange(chance: &mut Chance) -> Value {
    let long = "ә".repeat(chance.below(30_000));
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!(0.1),
        json!(""),
        json!(" "),
        json!("\0"),
        json!("a\u{0}b"),
        json!("\u{feff}"),
        json!("\u{202e}abc"),
        json!("'; DROP TABLE children; --"),
        json!("{{7*7}}"),
        json!("%00"),
        json!("../../etc/passwd"),
        json!("NaN"),
        json!("0000-01-01"),
        json!("9999-12-31"),
        json!("-262143-01-01"),
        json!("2026-02-29"),
        json!("2014-05-17"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("ffffffff-ffff-ffff-ffff-ffffffffffff"),
        json!("0190a6f8-5b1c-7c3e-9f00-1234567890ab"),
        json!("Қайрат"),
        json!("e\u{301}\u{301}\u{301}"),
        json!("👨‍👩‍👧"),
        json!("600115500013"),
        json!("600115500014"),
        json!("351000000"),
        json!("990000000"),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null]),
        json!({"": ""}),
        json!(long),
    ];
    chance.of(&values).clone()
}

/// A value by a schema: mostly as it should be, now and then not.
fn by_schema(chance: &mut Chance, document: &Value, schema: &Value, ids: &[String]) -> Value {
    if chance.one_in(12) {
        return strange(chance);
    }
    let schema = resolved(document, schema);
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let choice = chance.of(choices);
        return by_schema(chance, document, choice, ids);
    }
    if let Some(words) = schema["enum"].as_array() {
        return chance.of(words).clone();
    }
    let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| chance.of(kinds));
    match kind.as_str().unwrap_or("object") {
        "null" => Value::Null,
        "boolean" => json!(chance.one_in(2)),
        "integer" | "number" => json!(chance.below(40)),
        "array" => {
            let count = chance.below(4);
            (0..count).map(|_| by_schema(chance, document, &schema["items"], ids)).collect()
        }
        "object" => object(chance, document, schema, ids),
        _ => string(chance, schema, ids),
    }
}

fn object(chance: &mut Chance, document: &Value, schema: &Value, ids: &[String]) -> Value {
    let required = schema["required"].as_array();
    let mut object = Map::new();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let needed = required.is_some_and(|names| names.iter().any(|needed| needed == name.as_str()));
        if (needed && !chance.one_in(25)) || chance.one_in(3) {
            object.insert(name.clone(), by_schema(chance, document, member, ids));
        }
    }
    if chance.one_in(15) {
        object.insert("no_such_field".into(), strange(chance));
    }
    Value::Object(object)
}

fn string(chance: &mut Chance, schema: &Value, ids: &[String]) -> Value {
    match schema["format"].as_str() {
        Some("uuid") => json!(chance.of(ids)),
        Some("date") => json!(chance.of(&["2014-05-17", "2026-02-10", "2090-01-01", "0001-01-01", "9999-12-31"])),
        Some("date-time") => {
            json!(chance.of(&["2026-02-10T08:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]))
        }
        Some("password") => json!(chance.of(&["тау бөкен жүгірді", "x"])),
        _ => match schema["pattern"].as_str() {
            Some("^[0-9]{12}$") => json!("600115500013"),
            Some("^[0-9]{9}$") => json!("351000000"),
            _ => json!(chance.of(&["Айгүл", "UO", "Because of the rule", "351000000", "a.b", "Серікқызы"])),
        },
    }
}

/// A body: mostly by the schema, sometimes any value, sometimes JSON with a wound, sometimes bytes.
fn body(chance: &mut Chance, document: &Value, operation: &Operation, ids: &[String]) -> Vec<u8> {
    let schema = operation.schema.as_ref().expect("a schema");
    let good = by_schema(chance, document, schema, ids).to_string().into_bytes();
    match chance.below(10) {
        0 => strange(chance).to_string().into_bytes(),
        1 => {
            let mut wounded = good;
            for _ in 0..=chance.below(3) {
                if !wounded.is_empty() {
                    let at = chance.below(wounded.len());
                    wounded[at] = u8::try_from(chance.below(256)).expect("a byte");
                }
            }
            wounded
        }
        2 => (0..chance.below(200)).map(|_| u8::try_from(chance.below(256)).expect("a byte")).collect(),
        _ => good,
    }
}

#[test]
fn nothing_fails_by_chance() {
    let cast = Cast::new();
    let roles = [
        "social_pedagogue.home",
        "supervisor.office.home",
        "psychologist.home",
        "health_specialist.home",
        "juvenile_inspector.home",
        "social_worker.home",
        "hotline_operator.home",
        "statistician.home",
        "administrator.home",
        "consilium_secretary.home",
        "qualification_member.home",
        "social_pedagogue.abroad",
    ];
    let clients: Vec<Client> = roles.iter().map(|role| cast.server.client(role)).collect();
    let ids = known_ids(&cast);
    let (document, operations) = read(&cast.server.anonymous());
    let operations: Vec<&Operation> = operations.iter().filter(|operation| operation.schema.is_some()).collect();
    let mut chance = Chance::new(SEED);
    let mut answers = std::collections::BTreeMap::<u16, u32>::new();
    for number in 0..REQUESTS {
        let operation = chance.of(&operations);
        let client = chance.of(&clients);
        let bytes = body(&mut chance, &document, operation, &ids);
        let path = operation.at(chance.of::<String>(&ids));
        let mut request = client.request(&operation.method, &path).header("Content-Type", "application/json");
        if !chance.one_in(10) {
            request = request.header("If-Match", *chance.of(&["\"1\"", "\"1\"", "\"2\""]));
        }
        if chance.one_in(3) {
            request = request.header("Idempotency-Key", format!("key-{}", chance.below(40)));
        }
        let reply = client::send(request.body(bytes.clone()));
        *answers.entry(reply.status).or_default() += 1;
        let shown = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{}", byte.escape_ascii());
            text
        });
        assert!(
            reply.status < 500,
            "request {number}: {} {path} {shown:.2000}\nanswers {} {}",
            operation.method,
            reply.status,
            reply.text
        );
        assert!(reply.status < 400 || reply.body["code"].is_string(), "{} {path}: {}", operation.method, reply.text);
    }
    // Chance reaches the work itself, not only the refusals before it.
    for status in [200, 201, 400, 403, 404, 409, 412, 422] {
        assert!(answers.contains_key(&status), "{status} never came: {answers:?}");
    }
}

/// Ids of records of every kind, so that chance finds something; none whose change would end the test.
fn known_ids(cast: &Cast) -> Vec<String> {
    let child = cast.child("Случайная");
    let case = open_case(&cast.pedagogue, &child, "medium").id();
    let implemented = cast.case().id();
    let (health, police) = cast.implement(&implemented);
    let signal = cast
        .pedagogue
        .post(
            "/signals",
            &json!({"channel": "parent", "description": "D", "territory": "351000000", "urgency": "routine"}),
        )
        .expect(201)
        .id();
    let task = |task: &Value| task["id"].as_str().expect("an id").to_owned();
    vec![
        register_child(&cast.stranger, "Чужаева"),
        child,
        case,
        implemented,
        task(&health),
        task(&police),
        signal,
        cast.organisation("AKIMAT_OBL abroad"),
        cast.server.world.person("analyst.abroad").user.to_string(),
        "0190a6f8-5b1c-7c3e-9f00-1234567890ab".into(),
    ]
}
