//! Files of signals, duplicates, attached documents.

use super::*;

/// A document in the section that all may write.
const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"section\"\r\n\r\ngeneral\r\n\
    --x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nT\r\n\
    --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\ntext\r\n--x--\r\n";

/// A body that is not JSON, as [`super::call`] sends it.
fn raw(content_type: &str, text: &str) -> Value {
    json!({"raw": text, "content_type": content_type})
}

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let Fixture { signal, case, .. } = fixture;
    let attached = call(
        &fixture.cast.pedagogue,
        &Probe {
            operation: "attachment_create",
            action: Action::AttachmentWrite,
            about: About::Case,
            method: "POST",
            path: format!("/cases/{case}/attachments"),
            body: Some(raw("multipart/form-data; boundary=x", FORM)),
        },
    );
    let at = format!("/cases/{case}/attachments/{}", attached.expect(201).id());
    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    vec![
        probe(
            "signal_import",
            Action::SignalImport,
            About::Nothing,
            "POST",
            "/signals/import?source=coverage&channel=raid".into(),
            Some(raw("text/csv", "external_id;description;territory;urgency\n1;D;351000000;routine\n")),
        ),
        probe(
            "signal_duplicates",
            Action::SignalTriage,
            About::Signal,
            "GET",
            format!("/signals/{signal}/duplicates"),
            None,
        ),
        probe(
            "attachment_create",
            Action::AttachmentWrite,
            About::Case,
            "POST",
            format!("/cases/{case}/attachments"),
            Some(raw("multipart/form-data; boundary=x", FORM)),
        ),
        probe("attachment_list", Action::CaseRead, About::Case, "GET", format!("/cases/{case}/attachments"), None),
        probe("attachment_get", Action::CaseRead, About::Case, "GET", at.clone(), None),
        probe("attachment_content", Action::CaseRead, About::Case, "GET", format!("{at}/content"), None),
        probe(
            "attachment_withdraw",
            Action::AttachmentWithdraw,
            About::Case,
            "POST",
            format!("{at}/withdraw"),
            Some(json!({"reason": "A mistake"})),
        ),
    ]
}
