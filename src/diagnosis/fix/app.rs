//! The app, the page and the browser.

use super::{Words, recipe, tool};

recipe! { OMIT_CREDENTIALS = "No credentials mode" | "credentials を付けない";
    Code: "// A Bearer token or a signature is a header, not a cookie: it needs no credentials mode.\nfetch(url, { credentials: 'omit' });\naxios.create({ withCredentials: false });\n// gatepass: delete `credentials: 'include'` from the route and from the call"
        | "// Bearer トークンも署名もただのヘッダーで、Cookie ではない。credentials の指定は不要。\nfetch(url, { credentials: 'omit' });\naxios.create({ withCredentials: false });\n// gatepass: ルートと呼び出しの `credentials: 'include'` を削除する",
}

recipe! { CORS_MODE = "Request mode" | "リクエストの mode";
    Code: "fetch(url, { mode: 'cors', redirect: 'follow' }); // both are the defaults"
        | "fetch(url, { mode: 'cors', redirect: 'follow' }); // どちらも既定値",
}

recipe! { UPPER_CASE_METHOD = "Method in capitals" | "メソッドは大文字で";
    Code: "fetch(url, { method: '$METHOD' }); // browsers do not upper-case this one"
        | "fetch(url, { method: '$METHOD' }); // このメソッドはブラウザーが大文字にしてくれない",
}

recipe! { FINAL_URL = "The final https URL" | "最終的な https の URL";
    Code: "// name the https URL that finally answers\nroutes: [{ match: '$FINAL/*', auth: '$AUTH' }]"
        | "// 最終的に応答する https の URL を指定する\nroutes: [{ match: '$FINAL/*', auth: '$AUTH' }]",
    Console: "CloudFront: viewer protocol policy HTTPS only on the API's behavior."
        | "CloudFront: API のビヘイビアのビューワープロトコルポリシーを HTTPS only に。",
    Cloudformation: "ViewerProtocolPolicy: https-only",
    Terraform: "viewer_protocol_policy = \"https-only\"",
    Cdk: "viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,",
}

recipe! { NO_LOGIN = "No login page for the API" | "API をログイン画面へ送らない";
    Console: "EC2 → Load balancers → the listener → Rules: a rule for the API's paths, before the one that signs people in, without an authenticate action. The API checks the token itself."
        | "EC2 → ロードバランサー → リスナー → ルール: サインインさせるルールより前に、API のパス用に認証アクションのないルールを追加します。トークンは API 側で検証します。",
    Cloudformation: "ApiRule: # before the rule that signs people in; $PATH stands for the API's paths\n  Type: AWS::ElasticLoadBalancingV2::ListenerRule\n  Properties:\n    ListenerArn: !Ref Listener\n    Priority: 1\n    Conditions: [{ Field: path-pattern, Values: ['$PATH'] }]\n    Actions: [{ Type: forward, TargetGroupArn: !Ref Targets }]",
    Terraform: "resource \"aws_lb_listener_rule\" \"api\" { # before the rule that signs people in\n  listener_arn = aws_lb_listener.listener.arn\n  priority     = 1\n  condition {\n    path_pattern { values = [\"$PATH\"] }\n  }\n  action {\n    type             = \"forward\"\n    target_group_arn = aws_lb_target_group.targets.arn\n  }\n}",
}

recipe! { PLAIN_URL = "An https URL without credentials" | "認証情報を含まない https の URL";
    Code: "// no user:password@ in it: credentials go into a header\nfetch('https://$HOST$PATH', { headers: { authorization: `Bearer ${token}` } });"
        | "// user:password@ は含めず、認証情報はヘッダーで送る\nfetch('https://$HOST$PATH', { headers: { authorization: `Bearer ${token}` } });",
}

recipe! { SERVER = "Server, scheme and port" | "サーバー、スキーム、ポート";
    Console: "Is the server running, and at this port and scheme? sam local listens at http://127.0.0.1:3000, LocalStack at port 4566. API Gateway, function URLs and CloudFront answer https at port 443 only: no port in the URL."
        | "サーバーの起動と、ポートとスキームを確認します。sam local は http://127.0.0.1:3000、LocalStack は 4566 番ポートです。API Gateway、関数 URL、CloudFront は https の 443 番だけなので、URL にポートは付けません。",
}

recipe! { HOST_NAME = "Host name and certificate" | "ホスト名と証明書";
    Console: "Compare $HOST with the invoke URL in API Gateway → Stages (API id, region). A domain of your own needs an entry in Custom domain names, an ACM certificate that names it, and a DNS record that leads to the domain name shown there."
        | "API Gateway → ステージ の呼び出し URL と $HOST を比べます（API ID、リージョン）。独自ドメインには、カスタムドメイン名の設定、その名前の ACM 証明書、設定画面に表示されるドメイン名への DNS レコードが必要です。",
}

recipe! { SIGN_AS = "Sign for what the service sees" | "サービスから見える形で署名する";
    Code: "// signAs: host and path as the service behind it sees them; what CloudFront takes away: { origin, stripPrefix }\nroutes: [{\n  match: '$API/*',\n  auth: 'iam',\n  region: '$REGION',\n  signAs: $SIGN_AS,\n}]\n// CloudFront must pass Authorization and x-amz-* on, and not Host (AllViewerExceptHostHeader)."
        | "// signAs: 背後のサービスから見えるホストとパス。CloudFront が取り除くパスは { origin, stripPrefix }\nroutes: [{\n  match: '$API/*',\n  auth: 'iam',\n  region: '$REGION',\n  signAs: $SIGN_AS,\n}]\n// CloudFront は Authorization と x-amz-* を転送し、Host は転送しないこと (AllViewerExceptHostHeader)。",
}

recipe! { SIGNED_REQUEST = "Send what was signed" | "署名した内容のまま送る";
    Code: "// after signing nothing may change: no service worker, proxy, axios interceptor or added charset;\n// CloudFront must pass all of the query on\nawait gp.fetch('$API$PATH', {\n  method: '$METHOD',\n  headers: { 'content-type': 'application/json; charset=utf-8' },\n  body: JSON.stringify(data),\n});\n// a function URL behind CloudFront's origin access control: contentSha256: 'send' on the route"
        | "// 署名後は何も変えない: Service Worker、プロキシ、axios インターセプター、charset の付加。\n// CloudFront はクエリをすべて転送すること\nawait gp.fetch('$API$PATH', {\n  method: '$METHOD',\n  headers: { 'content-type': 'application/json; charset=utf-8' },\n  body: JSON.stringify(data),\n});\n// CloudFront のオリジンアクセスコントロール経由の関数 URL: ルートに contentSha256: 'send'",
}

recipe! { OBJECT_KEY = "The key of an object, encoded" | "オブジェクトキーをエンコードする";
    Code: "// each segment of its own: 'c++.txt' is 'c%2B%2B.txt'\nconst path = key.split('/').map(encodeURIComponent).join('/');\nawait gp.fetch(`$API/${path}`, { method: '$METHOD' });"
        | "// 区切りごとに: 'c++.txt' は 'c%2B%2B.txt'\nconst path = key.split('/').map(encodeURIComponent).join('/');\nawait gp.fetch(`$API/${path}`, { method: '$METHOD' });",
}

recipe! { SCOPE = "Region and service" | "リージョンとサービス";
    Code: "routes: [{ match: '$API/*', auth: 'iam', region: '$REGION', service: '$SERVICE' }]",
}

recipe! { CREDENTIALS = "Fresh credentials" | "新しい認証情報";
    Code: "await gp.credentials({ forceRefresh: true });\n// elsewhere: accessKeyId, secretAccessKey and sessionToken of one and the same answer"
        | "await gp.credentials({ forceRefresh: true });\n// 自前の署名: accessKeyId、secretAccessKey、sessionToken は同じ応答のものを使う",
}

recipe! { PRESIGN = "A presigned URL when it is used" | "署名付き URL は使う直前に";
    Code: "// at most a week, and no longer than the credentials live\nawait gp.presign('$API$PATH', { method: '$METHOD', expiresIn: 900 });"
        | "// 最長 1 週間。ただし認証情報の期限まで\nawait gp.presign('$API$PATH', { method: '$METHOD', expiresIn: 900 });",
}

recipe! { TOKEN = "A fresh, right token" | "新しい、正しいトークン";
    Code: "await gp.session({ refresh: true }); // a fresh token; null means: sign in again\n// Authorizer audience = the app client id. Cognito authorizer of a REST API: ID token, unless scopes are set.\nroutes: [{ match: '$API/*', auth: 'bearer', token: 'id' }]"
        | "await gp.session({ refresh: true }); // トークンを更新。null なら再サインイン\n// オーソライザーの audience はアプリクライアント ID。REST API の Cognito オーソライザーは、スコープ未設定なら ID トークン。\nroutes: [{ match: '$API/*', auth: 'bearer', token: 'id' }]",
}

recipe! { CLOCK = "The clock" | "時計";
    Console: "Set the device's clock to automatic time. gatepass learns the difference from the server's Date header if the API exposes it (Access-Control-Expose-Headers: date)."
        | "端末の時計を自動設定にします。API が Date ヘッダーを公開していれば（Access-Control-Expose-Headers: date）、gatepass がサーバーとの時刻差を自動で補正します。",
}

recipe! { CSP = "connect-src" | "CSP の connect-src";
    Code: "<!-- add it to the policy that the page has: a second policy can only forbid more -->\n<meta http-equiv=\"Content-Security-Policy\" content=\"…; connect-src 'self' $API; …\">"
        | "<!-- 今あるポリシーに追加する (別のポリシーを足しても制限が増えるだけ) -->\n<meta http-equiv=\"Content-Security-Policy\" content=\"…; connect-src 'self' $API; …\">",
    Cloudformation: "SecurityHeadersConfig: # AWS::CloudFront::ResponseHeadersPolicy\n  ContentSecurityPolicy: # the policy as it is, and $API\n    ContentSecurityPolicy: \"…; connect-src 'self' $API; …\"\n    Override: true",
    Terraform: "security_headers_config {\n  content_security_policy { # the policy as it is, and $API\n    content_security_policy = \"…; connect-src 'self' $API; …\"\n    override                = true\n  }\n}",
    Cdk: "securityHeadersBehavior: { // the policy as it is, and $API\n  contentSecurityPolicy: { contentSecurityPolicy: \"…; connect-src 'self' $API; …\", override: true },\n},",
}

recipe! { EXTENSION = "Extensions" | "拡張機能";
    Console: "Try a private window without extensions. If it works there, an ad or privacy blocker objects to the URL: a path without words like \"track\", \"ads\" or \"analytics\" usually passes."
        | "拡張機能のないプライベートウィンドウで試してください。そこで動くなら、広告・プライバシー系のブロッカーが URL を遮断しています。パスから track、ads、analytics などの語を外すと通ることが多いです。",
}

recipe! { LOCAL_NETWORK = "Local network access" | "ローカルネットワークへのアクセス";
    Console: "Serve the page over https, and allow \"local network access\" in the browser's site settings (in a company: the policy LocalNetworkAccessAllowedForUrls)."
        | "ページを https で配信し、ブラウザーのサイト設定で「ローカルネットワークへのアクセス」を許可します（社内配布ならポリシー LocalNetworkAccessAllowedForUrls）。",
}
