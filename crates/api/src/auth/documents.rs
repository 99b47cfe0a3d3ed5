//! Signatures of documents that leave the server and must be believed without it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::keys::{SigningKeys, thumbprint};

/// `typ` of a signature of a release: no access token can pass for one, nor the other way round.
const DOCUMENT_TYPE: &str = "qorgan-release+jws";
/// What a JSON Web Key of ours is (RFC 8037).
const KEY_TYPE: (&str, &str) = ("OKP", "Ed25519");
/// Bytes of an Ed25519 public key.
const PUBLIC_BYTES: usize = 32;

/// What a signature vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentClaims {
    /// The record that the document is of.
    pub sub: Uuid,
    /// SHA-256 of the document, in hexadecimal digits.
    pub sha256: String,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
}

/// A signature, with the public key by which it can be checked.
#[derive(Debug, Clone)]
pub struct SignedDocument {
    /// SHA-256 of the document.
    pub sha256: [u8; 32],
    /// The compact JSON Web Signature (RFC 7515) over [`DocumentClaims`].
    pub jws: String,
    /// The public key as a JSON Web Key (RFC 7517).
    pub jwk: Value,
}

/// Why a signature does not vouch for a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentRefusal {
    /// It is no signature of a release.
    #[error("this is not a signature of a release")]
    NoSignature,
    /// The key is not the one that the signature names.
    #[error("the signature names another key")]
    OtherKey,
    /// The key did not sign this.
    #[error("the signature is not by this key")]
    NotSigned,
    /// The document is not the one that was signed.
    #[error("the document is not the one that was signed")]
    OtherDocument,
}

impl SigningKeys {
    /// Signs a document with the newest key.
    ///
    /// # Errors
    /// When the key cannot sign, which a key that was read cannot do.
    pub fn sign_document(
        &self,
        of: Uuid,
        content: &str,
        now: DateTime<Utc>,
    ) -> Result<SignedDocument, jsonwebtoken::errors::Error> {
        let (id, key) = self.signing();
        let header =
            Header { typ: Some(DOCUMENT_TYPE.into()), kid: Some(id.to_owned()), ..Header::new(Algorithm::EdDSA) };
        let sha256: [u8; 32] = Sha256::digest(content).into();
        let claims = DocumentClaims { sub: of, sha256: hex(&sha256), iat: now.timestamp() };
        let jws = encode(&header, &claims, key)?;
        // The first of the set is the one that signs.
        let jwk = self.jwks()["keys"][0].take();
        Ok(SignedDocument { sha256, jws, jwk })
    }
}

/// Checks a signature of a document with a public key. Whose key it is must be known otherwise: its id is a hash of it
/// (RFC 7638).
///
/// # Errors
/// [`DocumentRefusal`].
pub fn verify_document(content: &str, jws: &str, jwk: &Value) -> Result<DocumentClaims, DocumentRefusal> {
    let header = decode_header(jws).map_err(|_| DocumentRefusal::NoSignature)?;
    if header.typ.as_deref() != Some(DOCUMENT_TYPE) || header.alg != Algorithm::EdDSA {
        return Err(DocumentRefusal::NoSignature);
    }
    let public = public_of(jwk).ok_or(DocumentRefusal::OtherKey)?;
    if header.kid != Some(thumbprint(public)) {
        return Err(DocumentRefusal::OtherKey);
    }
    let key = DecodingKey::from_ed_components(public).map_err(|_| DocumentRefusal::OtherKey)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    // A release does not expire.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = decode::<DocumentClaims>(jws, &key, &validation).map_err(|_| DocumentRefusal::NotSigned)?.claims;
    if claims.sha256 == hex(&Sha256::digest(content)) { Ok(claims) } else { Err(DocumentRefusal::OtherDocument) }
}

/// The public half in a key of ours, as it is written.
fn public_of(jwk: &Value) -> Option<&str> {
    let public = jwk["x"].as_str()?;
    let bytes = URL_SAFE_NO_PAD.decode(public).ok()?;
    let ours = (jwk["kty"].as_str()?, jwk["crv"].as_str()?) == KEY_TYPE && bytes.len() == PUBLIC_BYTES;
    ours.then_some(public)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::generate_pem;
    use super::super::{TokenSettings, Tokens};
    use super::*;
    use DocumentRefusal::{NoSignature, NotSigned, OtherDocument, OtherKey};

    const CONTENT: &str = r#"{"total":12}"#;

    fn keys() -> SigningKeys {
        SigningKeys::from_pems([("key", generate_pem().unwrap())]).unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-20T05:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_was_signed_is_known_again_and_nothing_else() {
        let signed = keys().sign_document(Uuid::from_u128(7), CONTENT, now()).unwrap();
        let claims = verify_document(CONTENT, &signed.jws, &signed.jwk).unwrap();
        assert_eq!((claims.sub, claims.iat), (Uuid::from_u128(7), now().timestamp()));
        assert_eq!(claims.sha256, hex(&signed.sha256));
        let refused = |content: &str, jws: &str, jwk: &Value| verify_document(content, jws, jwk).unwrap_err();
        assert_eq!(refused(r#"{"total":13}"#, &signed.jws, &signed.jwk), OtherDocument);
        let other = keys().sign_document(Uuid::from_u128(7), CONTENT, now()).unwrap();
        assert_eq!(refused(CONTENT, &signed.jws, &other.jwk), OtherKey);
        assert_eq!(refused(CONTENT, &signed.jws, &Value::Null), OtherKey);
        assert_eq!(refused(CONTENT, "a.b.c", &signed.jwk), NoSignature);
        // The claims of one under the signature of another.
        let parts = |jws: &str| jws.split('.').map(str::to_owned).collect::<Vec<_>>();
        let later = keys();
        let (first, second) = (
            parts(&later.sign_document(Uuid::from_u128(7), CONTENT, now()).unwrap().jws),
            later.sign_document(Uuid::from_u128(8), CONTENT, now()).unwrap(),
        );
        let mixed = format!("{}.{}.{}", first[0], parts(&second.jws)[1], first[2]);
        assert_eq!(refused(CONTENT, &mixed, &second.jwk), NotSigned);
    }

    #[test]
    fn tokens_and_signatures_are_no_substitute_for_each_other() {
        let tokens = Tokens::new(keys(), TokenSettings::default());
        let token = tokens.issue(Uuid::from_u128(1).into(), Uuid::from_u128(2).into(), now()).unwrap();
        let jwk = tokens.keys().jwks()["keys"][0].take();
        assert_eq!(verify_document(CONTENT, &token.token, &jwk), Err(NoSignature));
        let signed = tokens.keys().sign_document(Uuid::from_u128(1), CONTENT, now()).unwrap();
        assert!(tokens.verify(&signed.jws, now()).is_err());
    }
}
