//! The app, the page and the browser.

use super::{Line, Recipe, Tool, code, own_code, steps};

pub(super) static OMIT_CREDENTIALS: Recipe = Recipe {
    title: "No credentials mode",
    lines: &[own_code(
        "// A Bearer token or a signature is a header, not a cookie: it needs no credentials mode.\nfetch(url, { credentials: 'omit' });\naxios.create({ withCredentials: false });\n// gatepass: delete `credentials: 'include'` from the route and from the call",
        "// Bearer トークンも署名もただのヘッダーで、Cookie ではない。credentials の指定は不要。\nfetch(url, { credentials: 'omit' });\naxios.create({ withCredentials: false });\n// gatepass: ルートと呼び出しの `credentials: 'include'` を削除する",
    )],
};

pub(super) static CORS_MODE: Recipe = Recipe {
    title: "Request mode",
    lines: &[own_code(
        "fetch(url, { mode: 'cors', redirect: 'follow' }); // both are the defaults",
        "fetch(url, { mode: 'cors', redirect: 'follow' }); // どちらも既定値",
    )],
};

pub(super) static UPPER_CASE_METHOD: Recipe = Recipe {
    title: "Method in capitals",
    lines: &[own_code(
        "fetch(url, { method: '$METHOD' }); // browsers do not upper-case this one",
        "fetch(url, { method: '$METHOD' }); // このメソッドはブラウザーが大文字にしてくれない",
    )],
};

pub(super) static FINAL_URL: Recipe = Recipe {
    title: "The final https URL",
    lines: &[
        own_code(
            "// name the https URL that finally answers\nroutes: [{ match: 'https://$HOST/*', auth: 'bearer' }]",
            "// 最終的に応答する https の URL を指定する\nroutes: [{ match: 'https://$HOST/*', auth: 'bearer' }]",
        ),
        steps(
            "CloudFront: viewer protocol policy HTTPS only on the API's behavior. Load balancer: for API paths answer unauthenticated requests with 401 (deny) instead of a redirect to the login page.",
            "CloudFront: API のビヘイビアのビューワープロトコルポリシーを HTTPS only に。ロードバランサー: API のパスでは、未認証リクエストをログイン画面へリダイレクトせず 401 (deny) を返すようにします。",
        ),
        code(Tool::Cloudformation, "ViewerProtocolPolicy: https-only"),
        code(Tool::Terraform, "viewer_protocol_policy = \"https-only\""),
        code(Tool::Cdk, "viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,"),
    ],
};

pub(super) static RIGHT_URL: Recipe = Recipe {
    title: "The right URL",
    lines: &[
        own_code(
            "// execute-api host: the stage is part of the path\n'https://$API_ID.execute-api.$REGION.amazonaws.com/STAGE/path'\n// custom domain: the API mapping stands for the stage\n'https://api.example.com/MAPPING/path'",
            "// execute-api のホスト: ステージ名がパスに入る\n'https://$API_ID.execute-api.$REGION.amazonaws.com/STAGE/path'\n// カスタムドメイン: API マッピングがステージの代わりになる\n'https://api.example.com/MAPPING/path'",
        ),
        steps(
            "API Gateway → Stages shows the invoke URL; Custom domain names → API mappings shows what a domain leads to; API settings shows whether the default endpoint is disabled.",
            "API Gateway → ステージ で呼び出し URL、カスタムドメイン名 → API マッピング でドメインの行き先、API の設定 でデフォルトエンドポイントが無効になっていないかを確認します。",
        ),
    ],
};

pub(super) static SIGN_AS: Recipe = Recipe {
    title: "Sign for the host that API Gateway sees",
    lines: &[own_code(
        "// CloudFront in front: send to CloudFront, sign for the host that API Gateway sees\nroutes: [{\n  match: '$API/*',\n  auth: 'iam',\n  region: '$REGION',\n  signAs: 'https://API_ID.execute-api.REGION.amazonaws.com',\n}]\n// CloudFront must pass Authorization and x-amz-* on, and not Host (AllViewerExceptHostHeader).\n// Nothing may change method, path, query or signed headers after signing.",
        "// CloudFront 経由の場合: 送信先は CloudFront、署名は API Gateway から見えるホストで行う\nroutes: [{\n  match: '$API/*',\n  auth: 'iam',\n  region: '$REGION',\n  signAs: 'https://API_ID.execute-api.REGION.amazonaws.com',\n}]\n// CloudFront は Authorization と x-amz-* を転送し、Host は転送しないこと (AllViewerExceptHostHeader)。\n// 署名後にメソッド、パス、クエリ、署名対象ヘッダーを変えてはならない。",
    )],
};

pub(super) static TOKEN: Recipe = Recipe {
    title: "A fresh, right token",
    lines: &[own_code(
        "await gp.session({ refresh: true }); // a fresh token; null means: sign in again\n// Authorizer audience = the app client id. Cognito authorizer of a REST API: ID token, unless scopes are set.\nroutes: [{ match: '$API/*', auth: 'bearer', token: 'id' }]",
        "await gp.session({ refresh: true }); // トークンを更新。null なら再サインイン\n// オーソライザーの audience はアプリクライアント ID。REST API の Cognito オーソライザーは、スコープ未設定なら ID トークン。\nroutes: [{ match: '$API/*', auth: 'bearer', token: 'id' }]",
    )],
};

pub(super) static CLOCK: Recipe = Recipe {
    title: "The clock",
    lines: &[steps(
        "Set the device's clock to automatic time. gatepass learns the difference from the server's Date header if the API exposes it (Access-Control-Expose-Headers: date).",
        "端末の時計を自動設定にします。API が Date ヘッダーを公開していれば (Access-Control-Expose-Headers: date)、gatepass がサーバーとの時刻差を自動で補正します。",
    )],
};

pub(super) static CSP: Recipe = Recipe {
    title: "connect-src",
    lines: &[
        Line {
            tool: Tool::Code,
            en: "<!-- add the API to what the page already has -->\n<meta http-equiv=\"Content-Security-Policy\" content=\"connect-src 'self' $API\">",
            ja: "<!-- 現在のポリシーに API のオリジンを追加する -->\n<meta http-equiv=\"Content-Security-Policy\" content=\"connect-src 'self' $API\">",
        },
        code(
            Tool::Cloudformation,
            "SecurityHeadersConfig: # AWS::CloudFront::ResponseHeadersPolicy\n  ContentSecurityPolicy:\n    ContentSecurityPolicy: \"connect-src 'self' $API\"\n    Override: true",
        ),
        code(
            Tool::Terraform,
            "security_headers_config {\n  content_security_policy {\n    content_security_policy = \"connect-src 'self' $API\"\n    override                = true\n  }\n}",
        ),
        code(
            Tool::Cdk,
            "securityHeadersBehavior: {\n  contentSecurityPolicy: { contentSecurityPolicy: \"connect-src 'self' $API\", override: true },\n},",
        ),
    ],
};

pub(super) static EXTENSION: Recipe = Recipe {
    title: "Extensions",
    lines: &[steps(
        "Try a private window without extensions. If it works there, an ad or privacy blocker objects to the URL: a path without words like \"track\", \"ads\" or \"analytics\" usually passes.",
        "拡張機能のないプライベートウィンドウで試してください。そこで動くなら、広告・プライバシー系のブロッカーが URL を遮断しています。パスから track、ads、analytics などの語を外すと通ることが多いです。",
    )],
};

pub(super) static LOCAL_NETWORK: Recipe = Recipe {
    title: "Local network access",
    lines: &[steps(
        "Serve the page over https, and allow \"local network access\" in the browser's site settings (in a company: the policy LocalNetworkAccessAllowedForUrls). Or give the API an address that is reachable from the internet.",
        "ページを https で配信し、ブラウザーのサイト設定で「ローカルネットワークへのアクセス」を許可します (社内配布ならポリシー LocalNetworkAccessAllowedForUrls)。または API をインターネットから到達できるアドレスで公開します。",
    )],
};
