//! The server's side of SRP-6a (RFC 5054) with Cognito's conventions: the 3072-bit group, SHA-256, numbers hashed as
//! two's complement big-endian bytes (so a zero byte goes before a set high bit), and a key derived with HKDF.

use std::sync::LazyLock;

use hmac::{Hmac, KeyInit as _, Mac as _};
use num_bigint::BigUint;
use sha2::{Digest as _, Sha256};

use super::random;

/// RFC 3526 section 4, which RFC 5054 appendix A takes over as its 3072-bit group.
const N_HEX: &[u8] = b"\
FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F\
83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C\
BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

struct Group {
    n: BigUint,
    g: BigUint,
    k: BigUint,
}

static GROUP: LazyLock<Group> = LazyLock::new(|| {
    let n = BigUint::parse_bytes(N_HEX, 16).unwrap_or_default();
    let g = BigUint::from(2_u8);
    let k = hash(&[&padded(&n), &padded(&g)]);
    Group { n, g, k }
});

/// What the server keeps of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    salt: BigUint,
    v: BigUint,
}

impl Verifier {
    /// The verifier of a password, with a random salt.
    pub fn new(pool_name: &str, user_id: &str, password: &str) -> Self {
        Self::with_salt(pool_name, user_id, password, BigUint::from_bytes_be(&random::bytes::<16>()))
    }

    /// The verifier of a password: v = g^x, x = H(salt | H(poolName userId ":" password)).
    pub fn with_salt(pool_name: &str, user_id: &str, password: &str, salt: BigUint) -> Self {
        let inner = Sha256::digest(format!("{pool_name}{user_id}:{password}"));
        let x = hash(&[&padded(&salt), &inner]);
        Self { salt, v: GROUP.g.modpow(&x, &GROUP.n) }
    }

    /// Whether this is the verifier of that password.
    pub fn fits(&self, pool_name: &str, user_id: &str, password: &str) -> bool {
        *self == Self::with_salt(pool_name, user_id, password, self.salt.clone())
    }

    /// The salt as Cognito writes numbers: hexadecimal, without leading zeros.
    pub fn salt_hex(&self) -> String {
        self.salt.to_str_radix(16)
    }
}

/// A client's public value, `SRP_A`. RFC 5054 section 2.5.4: the server must abort if A % N is 0.
#[derive(Clone, Debug)]
pub struct ClientPublic(BigUint);

impl ClientPublic {
    /// Reads `SRP_A`.
    pub fn parse(hex: &str) -> Option<Self> {
        let a = BigUint::parse_bytes(hex.as_bytes(), 16)?;
        (&a % &GROUP.n != BigUint::ZERO && a < GROUP.n).then_some(Self(a))
    }
}

/// The server's half of one sign-in.
#[derive(Clone, Debug)]
pub struct Handshake {
    verifier: Verifier,
    client: ClientPublic,
    b: BigUint,
    public: BigUint,
}

impl Handshake {
    /// A handshake with a random private value.
    pub fn new(verifier: Verifier, client: ClientPublic) -> Self {
        Self::with_private(verifier, client, BigUint::from_bytes_be(&random::bytes::<32>()))
    }

    /// B = k v + g^b.
    fn with_private(verifier: Verifier, client: ClientPublic, b: BigUint) -> Self {
        let Group { n, g, k } = &*GROUP;
        let public = (k * &verifier.v + g.modpow(&b, n)) % n;
        Self { verifier, client, b, public }
    }

    /// The server's public value, `SRP_B`.
    pub fn public_hex(&self) -> String {
        self.public.to_str_radix(16)
    }

    /// The salt, `SALT`.
    pub fn salt_hex(&self) -> String {
        self.verifier.salt_hex()
    }

    /// Whether `signature` over the parts of the claim was made with the key that only the password leads to.
    pub fn accepts(&self, claim: &[&[u8]], signature: &[u8]) -> bool {
        hmac(&self.key(), claim).verify_slice(signature).is_ok()
    }

    /// S = (A v^u)^b, u = H(A | B), and the first 16 bytes of HKDF-SHA256 (RFC 5869) of it with salt u.
    fn key(&self) -> [u8; 16] {
        let n = &GROUP.n;
        let ClientPublic(a) = &self.client;
        let u = hash(&[&padded(a), &padded(&self.public)]);
        let s = (a * self.verifier.v.modpow(&u, n)).modpow(&self.b, n);
        let prk = hmac(&padded(&u), &[&padded(&s)]).finalize().into_bytes();
        let okm = hmac(&prk, &[b"Caldera Derived Key", &[1]]).finalize().into_bytes();
        std::array::from_fn(|index| okm.get(index).copied().unwrap_or_default())
    }
}

/// Two's complement, big-endian: as Java's `BigInteger.toByteArray`, which Cognito hashes.
fn padded(number: &BigUint) -> Vec<u8> {
    num_bigint::BigInt::from(number.clone()).to_signed_bytes_be()
}

fn hash(parts: &[&[u8]]) -> BigUint {
    let digest = parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part)).finalize();
    BigUint::from_bytes_be(&digest)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = hmac_keyed(key);
    parts.iter().for_each(|part| mac.update(part));
    mac
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn hmac_keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const POOL: &str = "AbCdEfGhI";
    const USER: &str = "hanako";
    const PASSWORD: &str = "Pässwörd 1!日本";
    const SECRET_BLOCK: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v";
    const TIMESTAMP: &str = "Tue Mar 5 09:04:01 UTC 2024";

    struct Known {
        salt: &'static str,
        a: &'static str,
        b: &'static str,
        public_sha256: &'static str,
        key: &'static str,
        signature: &'static str,
    }

    /// What amazon-cognito-identity-js 6.3.21 and pycognito 2024.5.1 both answer to these salts and private values.
    /// The salts are one whose high bit is set, one shorter than 16 bytes, and one of a single digit.
    const KNOWN: [Known; 3] = [
        Known {
            salt: "8f3c1d5e7a9b0c2d4e6f8091a2b3c4d5",
            a: "d23f0824128b2f330c5c7fd0a6a3a4506513270e269e0d37f2a74de452e6b438",
            b: "36f675cc81e74ef5e8e25d940ed904759531985d5d9dc9f81818e811892f902b",
            public_sha256: "d236027fb4a020ab0c40cde1af5c7cfb95486e5870245d9b4d2d1c3b9a2e55ba",
            key: "c6de4075095b183e9820558bb8272b8b",
            signature: "7BDCgWTskLC0nQgKC8zDz51oFoH2Mb7zXpAdnxyS6UE=",
        },
        Known {
            salt: "1d5e7a9b0c2d4e6f8091a2b3c4d5e6",
            a: "8d116ece1738f7d93d9c172411e20b8f6b0d549b6f03675a1600a35a099950d8",
            b: "a170b33839263059f28c105d1fb17c2390c192cfd3ac94af0f21ddb66cad4a26",
            public_sha256: "d016433242d91de8d7020e58e685859f4b04ebe882bb9c42cc19b3227d9febe7",
            key: "1e870d18e504a014cd782f8439c62978",
            signature: "7oe/6A6wWm3GnM1Eu6QkmTo1my16KMZwPIhvSnDM5hQ=",
        },
        Known {
            salt: "7",
            a: "cb1e29c658cda1495e60af593bd04cf0fd630f1f29d0da9953f48f1a09f76b5",
            b: "6b4cb2424a23d5962217beaddbc496cb8e81973e0becd7b03898d190f9ebdacc",
            public_sha256: "233210270ad9f76160924bac51f71c8b0c12641f94fe4198ec1650f2fa034cf2",
            key: "54c642e63089933ae5d868b2465cf2d9",
            signature: "fBvuQ6EzMG5vJ0csz9m5zqPDWfI8zHxsRB/Ro21MVPk=",
        },
    ];

    fn number(hex: &str) -> BigUint {
        BigUint::parse_bytes(hex.as_bytes(), 16).unwrap()
    }

    fn handshake(known: &Known, password: &str) -> Handshake {
        let verifier = Verifier::with_salt(POOL, USER, password, number(known.salt));
        let a = GROUP.g.modpow(&number(known.a), &GROUP.n);
        Handshake::with_private(verifier, ClientPublic::parse(&a.to_str_radix(16)).unwrap(), number(known.b))
    }

    #[test]
    fn other_implementations_come_to_the_same_key_and_signature() {
        let block = STANDARD.decode(SECRET_BLOCK).unwrap();
        let claim: [&[u8]; 4] = [POOL.as_bytes(), USER.as_bytes(), &block, TIMESTAMP.as_bytes()];
        for known in &KNOWN {
            let handshake = handshake(known, PASSWORD);
            assert_eq!(handshake.salt_hex(), known.salt);
            assert_eq!(hex::encode(Sha256::digest(handshake.public_hex())), known.public_sha256);
            assert_eq!(hex::encode(handshake.key()), known.key);
            let mut signature = STANDARD.decode(known.signature).unwrap();
            assert!(handshake.accepts(&claim, &signature));
            signature[31] ^= 1;
            assert!(!handshake.accepts(&claim, &signature));
        }
    }

    #[test]
    fn another_password_leads_to_another_key() {
        let wrong = handshake(&KNOWN[0], "Pässwörd 1!日");
        assert_ne!(hex::encode(wrong.key()), KNOWN[0].key);
    }

    #[test]
    fn a_verifier_fits_its_password_only() {
        let verifier = Verifier::new(POOL, USER, PASSWORD);
        assert!(verifier.fits(POOL, USER, PASSWORD));
        assert!(!verifier.fits(POOL, USER, "other"));
        assert!(!verifier.fits(POOL, "taro", PASSWORD));
    }

    #[test]
    fn a_public_value_that_gives_the_key_away_is_refused() {
        let n = GROUP.n.to_str_radix(16);
        for degenerate in ["0", "", "xyz", n.as_str(), (&GROUP.n * 2_u8).to_str_radix(16).as_str()] {
            assert!(ClientPublic::parse(degenerate).is_none(), "{degenerate}");
        }
        assert!(ClientPublic::parse("2").is_some());
    }
}
