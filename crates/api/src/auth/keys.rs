//! Ed25519 keys that sign access tokens, and the public half of them as a JWK set.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Why keys cannot be used. Texts name the file, never its content.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is nothing to sign with.
    #[error("there is no signing key")]
    None,
    /// The text is not an Ed25519 private key.
    #[error("{0} is not an Ed25519 private key (PKCS#8, PEM)")]
    NotEd25519(String),
    /// A key could not be made or written down.
    #[error("a new signing key could not be made")]
    Generate,
}

/// One key with its name in token headers.
struct Key {
    id: String,
    public: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

/// All keys of the server: the first signs, all verify. So a new key is put in front, and an old one stays
/// until the tokens that it signed are past their time.
pub struct SigningKeys(Vec<Key>);

impl SigningKeys {
    /// Reads keys from `(name, PEM)` pairs, the newest first; the name only serves error messages.
    ///
    /// # Errors
    /// When there is none, or one is not an Ed25519 private key in PKCS#8.
    pub fn from_pems<N: AsRef<str>, P: AsRef<str>>(pems: impl IntoIterator<Item = (N, P)>) -> Result<Self, KeyError> {
        let keys = pems.into_iter().map(|(name, pem)| read(name.as_ref(), pem.as_ref()));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(KeyError::None) } else { Ok(Self(keys)) }
    }

    /// The key that signs, with its id. There is always one.
    pub(super) fn signing(&self) -> (&str, &EncodingKey) {
        let newest = &self.0[0];
        (&newest.id, &newest.signing)
    }

    /// The public key with this id.
    pub(super) fn verifying(&self, id: &str) -> Option<&DecodingKey> {
        self.0.iter().find(|key| key.id == id).map(|key| &key.verifying)
    }

    /// Ids of all keys, the signing one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }

    /// The JWK set (RFC 7517, RFC 8037) for `/.well-known/jwks.json`: public halves only.
    pub fn jwks(&self) -> Value {
        let keys = self.0.iter().map(|key| {
            json!({ "kty": "OKP", "crv": "Ed25519", "x": key.public, "kid": key.id, "use": "sig", "alg": "EdDSA" })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

fn read(name: &str, pem: &str) -> Result<Key, KeyError> {
    let refuse = || KeyError::NotEd25519(name.to_owned());
    let key = SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| refuse())?;
    let der = key.to_pkcs8_der().map_err(|_| refuse())?;
    let public = key.verifying_key().to_bytes();
    let written = URL_SAFE_NO_PAD.encode(public);
    Ok(Key {
        id: thumbprint(&written),
        signing: EncodingKey::from_ed_der(der.as_bytes()),
        verifying: DecodingKey::from_ed_der(&public),
        public: written,
    })
}

/// The thumbprint of the public key (RFC 7638 with the members of RFC 8037, appendix A.3): an id that
/// follows from the key, so that no two servers can disagree on it.
pub(super) fn thumbprint(public: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

/// Makes a new private key, as PKCS#8 in PEM. Write it where only the server can read it.
///
/// # Errors
/// When the system gives no randomness.
pub fn generate_pem() -> Result<String, KeyError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| KeyError::Generate)?;
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Generate)?;
    Ok(pem.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        // RFC 8037, appendix A.3.
        let thumbprint = thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_first_key_signs_and_all_are_published() {
        let (new, old) = (generate_pem().unwrap(), generate_pem().unwrap());
        let keys = SigningKeys::from_pems([("new", &new), ("old", &old)]).unwrap();
        let ids: Vec<_> = keys.ids().collect();
        assert_eq!(keys.signing().0, ids[0]);
        assert_ne!(ids[0], ids[1]);
        let jwks = keys.jwks();
        assert_eq!(jwks["keys"][1]["kid"], ids[1]);
        assert_eq!(jwks["keys"][0].as_object().unwrap().len(), 6, "no private member");
    }

    #[test]
    fn other_keys_are_refused_by_name_only() {
        for pem in ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            let error = SigningKeys::from_pems([("keys/a.pem", pem)]).err().unwrap().to_string();
            assert!(error.contains("keys/a.pem") && !error.contains("AAAA"), "{error}");
        }
        assert!(matches!(SigningKeys::from_pems::<&str, &str>([]), Err(KeyError::None)));
    }
}
