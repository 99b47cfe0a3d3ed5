//! Lists compared with the register.

use super::*;

/// A body that is not JSON, as [`super::call`] sends it.
fn raw(text: &str) -> Value {
    json!({"raw": text, "content_type": "text/csv"})
}

const PATH: &str = "/register/reconciliations?title=coverage&from=2026-01-01&to=2026-03-31";

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    let list = "external_id;occurred_on;last_name;first_name\n1;10.02.2026;Ненайденный;Кайрат\n";
    let create =
        |action| probe("reconciliation_create", action, About::OwnList, "POST", PATH.to_owned(), Some(raw(list)));
    let office = fixture.cast.server.client("supervisor.office.home");
    let id = call(&office, &create(Action::ReconciliationWrite)).expect(201).id();
    let at = format!("/register/reconciliations/{id}");
    let items = office.get(&format!("{at}/items?outcome=only_there")).expect(200);
    let item = items.body["items"][0]["id"].as_str().expect("an item").to_owned();
    let (read, write, about) = (Action::ReconciliationRead, Action::ReconciliationWrite, About::Reconciliation);
    vec![
        create(write),
        probe("reconciliation_list", read, About::Nothing, "GET", "/register/reconciliations".into(), None),
        probe("reconciliation_get", read, about, "GET", at.clone(), None),
        probe("reconciliation_items", read, about, "GET", format!("{at}/items"), None),
        probe("reconciliation_export", read, about, "GET", format!("{at}/export"), None),
        probe(
            "reconciliation_item_resolve",
            write,
            about,
            "POST",
            format!("{at}/items/{item}/resolve"),
            Some(json!({"resolution": "not_ours", "reason": "Of another region."})),
        ),
        probe("reconciliation_close", write, about, "POST", format!("{at}/close"), Some(json!({}))),
    ]
}
