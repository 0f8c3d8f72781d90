"""Draws the cases, and answers each with pycognito."""

import base64
import datetime
import json
import random
from unittest import mock

from pycognito import aws_srp

POOL = "ap-northeast-1_AbCdEfGhI"
random.seed(3526)
N = aws_srp.hex_to_long(aws_srp.N_HEX)


def draw(bits):
    return f"{random.getrandbits(bits):x}"


def case(name, **fixed):
    return {
        "name": name,
        "userPoolId": POOL,
        "userId": "hanako",
        "password": "Correct-Horse-7!",
        "a": f"{random.getrandbits(256):064x}",
        "salt": draw(128),
        "b": f"{random.randrange(N):x}",
        "secretBlock": base64.b64encode(random.randbytes(60)).decode(),
        "now": random.randrange(1_600_000_000, 1_900_000_000),
        **fixed,
    }


def numbers(case):
    """A, u, x and S as bytes of full width."""
    a, b = int(case["a"], 16), int(case["b"], 16)
    big_a = pow(2, a, N)
    u = aws_srp.calculate_u(big_a, b)
    identity = aws_srp.hash_sha256(f"{POOL.split('_')[1]}{case['userId']}:{case['password']}".encode())
    x = aws_srp.hex_to_long(aws_srp.hex_hash(aws_srp.pad_hex(int(case["salt"], 16)) + identity))
    k = aws_srp.hex_to_long(aws_srp.hex_hash("00" + aws_srp.N_HEX + "02"))
    s = pow(b - k * pow(2, x, N), a + u * x, N)
    return {"A": big_a.to_bytes(384, "big"), "u": u.to_bytes(32, "big"), "x": x.to_bytes(32, "big"), "S": s.to_bytes(384, "big")}


def search(name, number, first):
    """Draws until a number's first byte is as wanted."""
    while True:
        found = case(name)
        if first(numbers(found)[number][0]):
            return found


def answer(case):
    with (
        mock.patch.object(aws_srp.AWSSRP, "generate_random_small_a", lambda self: int(case["a"], 16)),
        mock.patch.object(aws_srp.datetime, "datetime", wraps=datetime.datetime) as clock,
    ):
        now = datetime.datetime.fromtimestamp(case["now"], datetime.timezone.utc)
        clock.utcnow.return_value = clock.now.return_value = now
        srp = aws_srp.AWSSRP(case["userId"], case["password"], case["userPoolId"], "client", client=object())
        response = srp.process_challenge(
            {
                "USERNAME": case["userId"],
                "USER_ID_FOR_SRP": case["userId"],
                "SALT": case["salt"],
                "SRP_B": case["b"],
                "SECRET_BLOCK": case["secretBlock"],
            },
            srp.get_auth_params(),
        )
        return {
            "SRP_A": srp.get_auth_params()["SRP_A"],
            "TIMESTAMP": response["TIMESTAMP"],
            "PASSWORD_CLAIM_SIGNATURE": response["PASSWORD_CLAIM_SIGNATURE"],
        }


cases = [case(f"random {number}") for number in range(4)]
for number in "AuxS":
    cases.append(search(f"{number} begins with a zero byte", number, lambda byte: byte == 0))
    cases.append(search(f"{number} has its high bit set", number, lambda byte: byte >= 0x80))
    cases.append(search(f"{number} has an odd number of digits", number, lambda byte: 0 < byte < 0x10))
cases += [
    case("a begins with zero bytes", a="0000" + f"{random.getrandbits(240):060x}"),
    case("B is short", b=draw(3000)),
    case("B has an odd number of digits", b="1" + draw(3060).zfill(765)[:764]),
    case("B has its high bit set", b="c" + f"{random.getrandbits(3064):0766x}"),
    case("salt has its high bit set", salt="f" + draw(124).zfill(31)),
    case("salt has an odd number of digits", salt="7" + draw(120).zfill(30)),
    case("salt is one digit", salt="9"),
    case("salt begins with zeros", salt="0012" + draw(112).zfill(28), leftOut=["pycognito"]),
    case("salt begins with zeros before a high bit", salt="00fe" + draw(112).zfill(28), leftOut=["pycognito"]),
    case("Japanese", userId="花子", password="ひらけ、ごま😀"),
    case("a long password with a colon", password="pass:word " * 25),
    case("a secret block as long as Cognito's", secretBlock=base64.b64encode(random.randbytes(1100)).decode()),
    case("user id is a sub", userId="6f1d9a3e-7b51-4a7c-9a51-0d5c2f1b8e77"),
    case("day without padding", now=1_712_646_303),
    case("leap day, last second", now=1_709_251_199),
]
for each in cases:
    each["answers"] = {"pycognito": answer(each)}
print(json.dumps(cases, ensure_ascii=False))
