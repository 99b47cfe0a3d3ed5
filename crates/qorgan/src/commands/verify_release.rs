//! `qorgan statistics verify-release`: whether a release is the one that was signed. No database is needed, no server.

use std::fs;
use std::path::Path;

use chrono::DateTime;
use qorgan_api::auth::{DocumentClaims, DocumentRefusal, verify_document};
use qorgan_domain::statistics::release::canonical;
use serde::Serialize;
use serde_json::Value;

use super::print_json;
use crate::{Failure, output};

/// What was found.
#[derive(Serialize)]
struct Report {
    /// Whether the document is the one that was signed, by the key that was looked for.
    signed: bool,
    /// Why not.
    reason: Option<String>,
    /// The release.
    release: Option<String>,
    /// When it was signed.
    signed_at: Option<String>,
    /// The id of the key: a hash of it.
    key: Option<String>,
    /// Whether the key came from a file of trusted keys; if not, compare its id with one you trust.
    key_was_given: bool,
}

/// Checks a file as `GET /statistics/releases/{id}/document` answers it.
pub(crate) fn run(file: &Path, keys: Option<&Path>, json: bool) -> Result<(), Failure> {
    let release = read(file)?;
    let keys = keys.map(read).transpose()?;
    let report = examined(&release, keys.as_ref());
    let signed = report.signed;
    if json {
        print_json(&report)?;
    } else {
        output::print(&report.to_text())?;
    }
    if signed { Ok(()) } else { Err(Failure::Negative) }
}

fn read(path: &Path) -> Result<Value, Failure> {
    let action = || format!("reading {}", path.display());
    let text = fs::read_to_string(path).map_err(Failure::of(action()))?;
    serde_json::from_str(&text).map_err(Failure::of(action()))
}

fn examined(release: &Value, keys: Option<&Value>) -> Report {
    let signature = &release["signature"];
    let key = signature["jwk"]["kid"].as_str().map(str::to_owned);
    let result = verified(release, keys);
    let (claims, reason) = match result {
        Ok(claims) => (Some(claims), None),
        Err(reason) => (None, Some(reason)),
    };
    Report {
        signed: claims.is_some(),
        reason,
        release: claims.as_ref().map(|claims| claims.sub.to_string()),
        signed_at: claims.and_then(|claims| DateTime::from_timestamp(claims.iat, 0)).map(|moment| moment.to_rfc3339()),
        key,
        key_was_given: keys.is_some(),
    }
}

fn verified(release: &Value, keys: Option<&Value>) -> Result<DocumentClaims, String> {
    let (document, signature) = (&release["document"], &release["signature"]);
    let jws = signature["jws"].as_str().ok_or_else(|| DocumentRefusal::NoSignature.to_string())?;
    let content = canonical(document).map_err(|error| error.to_string())?;
    let jwk = match keys {
        None => &signature["jwk"],
        Some(keys) => {
            let known = keys["keys"].as_array().into_iter().flatten();
            let mut known = known.filter(|key| key["kid"] == signature["jwk"]["kid"]);
            known.next().ok_or("its key is not among the trusted ones")?
        }
    };
    let claims = verify_document(&content, jws, jwk).map_err(|refusal| refusal.to_string())?;
    if document["id"].as_str() == Some(claims.sub.to_string().as_str()) {
        Ok(claims)
    } else {
        Err(DocumentRefusal::OtherDocument.to_string())
    }
}

impl Report {
    fn to_text(&self) -> String {
        let key = self.key.as_deref().unwrap_or("unknown");
        match (&self.release, &self.signed_at) {
            (Some(release), Some(at)) if self.key_was_given => {
                format!("release {release}, signed {at} by the trusted key {key}\n")
            }
            (Some(release), Some(at)) => format!(
                "release {release}, signed {at} by the key {key}\n\
                 The key stands in the file itself: compare it with one you trust, or give --keys FILE.\n"
            ),
            _ => format!("not signed: {}\n", self.reason.as_deref().unwrap_or("no reason is known")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_api::auth::{SigningKeys, generate_pem};
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn a_release_is_known_again_however_it_is_written_and_a_forged_one_is_not() {
        let keys = SigningKeys::from_pems([("key", generate_pem().expect("key"))]).expect("keys");
        let id = Uuid::from_u128(7);
        let document = json!({"id": id, "method": "protected", "tables": [{"code": "total", "total": 12}]});
        let content = canonical(&document).expect("canonical");
        let now = "2026-11-20T05:00:00Z".parse().expect("a time");
        let signed = keys.sign_document(id, &content, now).expect("signed");
        let file = json!({"document": document, "signature": {"jws": signed.jws, "jwk": signed.jwk}});
        // Written anew, with white space.
        let file: Value = serde_json::from_str(&serde_json::to_string_pretty(&file).expect("JSON")).expect("JSON");
        for trusted in [None, Some(keys.jwks())] {
            let report = examined(&file, trusted.as_ref());
            assert!(report.signed && report.release == Some(id.to_string()), "{:?}", report.reason);
            assert_eq!(report.key.as_deref(), keys.ids().next());
        }
        let mut forged = file.clone();
        forged["document"]["tables"][0]["total"] = json!(13);
        let report = examined(&forged, None);
        assert!(!report.signed && report.to_text().contains("not the one that was signed"), "{}", report.to_text());
        // Somebody else's key in the file does not help where keys are given.
        let others = SigningKeys::from_pems([("key", generate_pem().expect("key"))]).expect("keys");
        let signed = others.sign_document(id, &content, now).expect("signed");
        let own = json!({"document": file["document"], "signature": {"jws": signed.jws, "jwk": signed.jwk}});
        assert!(examined(&own, None).signed);
        assert!(!examined(&own, Some(&keys.jwks())).signed);
        for broken in [json!({}), json!({"document": {"id": 1.5}, "signature": file["signature"]}), json!([])] {
            assert!(!examined(&broken, None).signed, "{broken}");
        }
    }
}
