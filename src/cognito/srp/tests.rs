//! SRP against the answers of other implementations (`testdata/README.md`), and against a server written down from RFC 5054.

use num_bigint::BigUint;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::cognito::timestamp::timestamp;

impl Natural for BigUint {
    fn from_hex(digits: &str) -> Self {
        Self::parse_bytes(digits.as_bytes(), 16).unwrap()
    }

    fn to_hex(&self) -> String {
        self.to_str_radix(16)
    }

    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn minus(&self, other: &Self) -> Self {
        self - other
    }

    fn times(&self, other: &Self) -> Self {
        self * other
    }

    fn shifted_left(&self, bits: u8) -> Self {
        self << bits
    }

    fn modulo(&self, modulus: &Self) -> Self {
        self % modulus
    }
}

fn number(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_be(bytes)
}

fn group() -> BigUint {
    BigUint::from_hex(N)
}

#[test]
fn k_is_the_hash_of_the_group() {
    let k = hash(&[&padded(N), &padded("2")]);
    assert_eq!(hex(&k[..]), K);
}

#[test]
fn answers_as_other_implementations_do() {
    known_answers::<BigUint>();
}

/// Asks each case of `testdata/srp.json`.
pub(crate) fn known_answers<T: Natural>() {
    let cases: Value = serde_json::from_str(include_str!("../testdata/srp.json")).unwrap();
    let cases = cases.as_array().unwrap();
    assert!(cases.len() > 25);
    for case in cases {
        assert!(case["agreedBy"].as_array().unwrap().len() >= 2);
        let text = |key: &str| case[key].as_str().unwrap();
        let expected = |key: &str| case["answer"][key].as_str().unwrap();
        let a = BigUint::from_hex(text("a")).to_bytes_be();
        let mut padded_a = [0; 32];
        padded_a[32 - a.len()..].copy_from_slice(&a);
        let srp = Srp::new::<T>(Zeroizing::new(padded_a));
        assert_eq!(srp.public(), expected("SRP_A"), "{}", text("name"));
        let timestamp = timestamp(case["now"].as_i64().unwrap());
        assert_eq!(timestamp, expected("TIMESTAMP"));
        let challenge = PasswordVerifier {
            user_id: text("userId"),
            salt: text("salt"),
            server_public: text("b"),
            secret_block: text("secretBlock"),
        };
        let pool_name = text("userPoolId").split_once('_').unwrap().1;
        let signature =
            srp.password_claim_signature::<T>(&challenge, pool_name, &text("password").into(), &timestamp).unwrap();
        assert_eq!(signature, expected("PASSWORD_CLAIM_SIGNATURE"), "{}", text("name"));
    }
}

#[test]
fn refuses_a_server_that_would_cheat() {
    let srp = Srp::new::<BigUint>(Zeroizing::new([7; 32]));
    let twice_n = (group() * 2u8).to_hex();
    for server_public in ["0", "0000", N, twice_n.as_str()] {
        let challenge = PasswordVerifier { user_id: "user", salt: "1", server_public, secret_block: "" };
        assert!(srp.key::<BigUint>(&challenge, "pool", &"password".into()).is_err(), "{server_public}");
    }
}

#[test]
fn refuses_a_malformed_challenge() {
    let srp = Srp::new::<BigUint>(Zeroizing::new([7; 32]));
    let long = "1".repeat(10_000);
    for (salt, server_public, secret_block) in [
        ("", "2", ""),
        ("1", "", ""),
        ("xyz", "2", ""),
        ("1", "-2", ""),
        ("1", "0x2", ""),
        ("1", "é", ""),
        ("1", "2", "%"),
        ("1", &long, ""),
        (&long, "2", ""),
    ] {
        let challenge = PasswordVerifier { user_id: "user", salt, server_public, secret_block };
        let error = srp.password_claim_signature::<BigUint>(&challenge, "pool", &"password".into(), "now").unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadResponse);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn powers_agree_with_num_bigint(exponent: Vec<u8>, base: [u8; 32]) {
        let n = group();
        prop_assert_eq!(power_of_two(&exponent, &n), BigUint::from(2u8).modpow(&number(&exponent), &n));
        prop_assert_eq!(power(&number(&base), &exponent, &n), number(&base).modpow(&number(&exponent), &n));
    }

    /// Both sides of RFC 5054 section 2.6 come to the same premaster secret: S = (A·v^u)^b.
    #[test]
    fn a_server_that_knows_the_verifier_agrees(a: [u8; 32], b: [u8; 32], salt in "[0-9a-f]{1,32}", password: String) {
        let n = group();
        let g = BigUint::from(2u8);
        let identity = hash(&[b"pooluser:", password.as_bytes()]);
        let x = number(&hash(&[&padded(&salt), &identity[..]])[..]);
        let verifier = g.modpow(&x, &n);
        let server_public = (BigUint::from_hex(K) * &verifier + g.modpow(&number(&b), &n)) % &n;

        let srp = Srp::new::<BigUint>(Zeroizing::new(a));
        let challenge = PasswordVerifier {
            user_id: "user",
            salt: &salt,
            server_public: &server_public.to_hex(),
            secret_block: "",
        };
        let key = srp.key::<BigUint>(&challenge, "pool", &password.as_str().into()).unwrap();

        let u = hash(&[&padded(srp.public()), &padded(&server_public.to_hex())]);
        let s = (BigUint::from_hex(srp.public()) * verifier.modpow(&number(&u[..]), &n)).modpow(&number(&b), &n);
        let prk = hmac(&padded(&hex(&u[..])), &[&padded(&s.to_hex())]);
        prop_assert_eq!(key, hmac(&prk[..], &[b"Caldera Derived Key\x01"]));
    }

    /// As `BigInteger.toByteArray` has it, which is what Cognito hashes.
    #[test]
    fn pads_as_twos_complement(bytes: Vec<u8>, zeros in "0{0,3}") {
        let digits = format!("{zeros}{}", number(&bytes).to_hex());
        let signed = num_bigint::BigInt::from(number(&bytes)).to_signed_bytes_be();
        prop_assert_eq!(padded(&digits), signed);
    }
}
