//! CloudFront and WAF.

use super::{Words, recipe, tool};

recipe! { METHODS = "Methods of a CloudFront behavior" | "CloudFront のビヘイビアの許可メソッド";
    Console: "CloudFront → the distribution → Behaviors → the one that matches $PATH → Allowed HTTP methods: GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE. If Error pages turn 403 or 404 into index.html: they do so for the API too; move that into a CloudFront Function on the page's behavior."
        | "CloudFront → 対象のディストリビューション → ビヘイビア → $PATH に一致するもの → 許可された HTTP メソッド: GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE。エラーページで 403/404 を index.html に置き換えている場合、API の応答にも効いてしまいます。ページ側のビヘイビアの CloudFront Functions に移してください。",
    Cloudformation: "AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]",
    Terraform: "ordered_cache_behavior {\n  allowed_methods = [\"GET\", \"HEAD\", \"OPTIONS\", \"PUT\", \"POST\", \"PATCH\", \"DELETE\"]\n}",
    Cdk: "allowedMethods: AllowedMethods.ALLOW_ALL,",
    Cli: "aws cloudfront get-distribution-config --id DISTRIBUTION_ID > config.json\n# set AllowedMethods of the behavior, keep the ETag\naws cloudfront update-distribution --id DISTRIBUTION_ID --if-match ETAG --distribution-config file://config.json",
}

recipe! { ERROR_PAGES = "No error pages over the API" | "API にエラーページをかぶせない";
    Console: "CloudFront → the distribution → Error pages: delete the entries for 403 and 404; they hold for the API too. Let a CloudFront Function on the page's own behavior lead the app's paths to /index.html instead."
        | "CloudFront → 対象のディストリビューション → エラーページ: 403 と 404 の設定を削除します（API の応答にも効いてしまうため）。アプリのパスを /index.html に向けるのは、ページ側のビヘイビアの CloudFront Functions で行います。",
    Cloudformation: "DistributionConfig:\n  CustomErrorResponses: [] # they hold for every behavior, the API's too",
    Terraform: "# delete every custom_error_response { … } of the distribution: they hold for the API's behavior too",
    Cdk: "errorResponses: [], // they hold for every behavior, the API's too",
    Cli: "aws cloudfront get-distribution-config --id DISTRIBUTION_ID > config.json\n# set CustomErrorResponses to { \"Quantity\": 0 }, keep the ETag\naws cloudfront update-distribution --id DISTRIBUTION_ID --if-match ETAG --distribution-config file://config.json",
}

recipe! { ORIGIN = "CloudFront's way to the API" | "CloudFront から API への接続";
    Console: "CloudFront → the distribution → Origins → the API: domain API_ID.execute-api.REGION.amazonaws.com (or the API's custom domain) without a path, protocol HTTPS only, minimum TLSv1.2."
        | "CloudFront → 対象のディストリビューション → オリジン → API: ドメインは API_ID.execute-api.REGION.amazonaws.com（または API のカスタムドメイン、パスなし）、プロトコルは HTTPS のみ、最小 TLSv1.2。",
    Cloudformation: "Origins:\n  - Id: api\n    DomainName: !Sub ${Api}.execute-api.${AWS::Region}.amazonaws.com\n    CustomOriginConfig: { OriginProtocolPolicy: https-only, OriginSSLProtocols: [TLSv1.2] }",
    Terraform: "origin {\n  origin_id   = \"api\"\n  domain_name = \"API_ID.execute-api.REGION.amazonaws.com\"\n  custom_origin_config {\n    http_port              = 80\n    https_port             = 443\n    origin_protocol_policy = \"https-only\"\n    origin_ssl_protocols   = [\"TLSv1.2\"]\n  }\n}",
    Cdk: "origin: new HttpOrigin('API_ID.execute-api.REGION.amazonaws.com', { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),",
    Cli: "curl -sS -o /dev/null -w '%{http_code}\\n' https://API_ID.execute-api.REGION.amazonaws.com/ # must answer by https",
}

recipe! { HOST = "Forward everything but Host" | "Host 以外をすべて転送する";
    Console: "CloudFront → the distribution → Behaviors → the one that matches $PATH → Cache policy: CachingDisabled; Origin request policy: AllViewerExceptHostHeader. That passes Authorization, the x-amz-* headers and Origin on, and lets API Gateway see its own Host."
        | "CloudFront → 対象のディストリビューション → ビヘイビア → $PATH に一致するもの → キャッシュポリシー: CachingDisabled、オリジンリクエストポリシー: AllViewerExceptHostHeader。Authorization、x-amz-*、Origin は転送され、Host だけが API Gateway 自身のものになります。",
    Cloudformation: "CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad # Managed-CachingDisabled\nOriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac # Managed-AllViewerExceptHostHeader",
    Terraform: "cache_policy_id          = \"4135ea2d-6df8-44a3-9df3-4b5a84be39ad\" # Managed-CachingDisabled\norigin_request_policy_id = \"b689b0a8-53d0-40ab-baf2-68738e2966ac\" # Managed-AllViewerExceptHostHeader",
    Cdk: "cachePolicy: CachePolicy.CACHING_DISABLED,\noriginRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,",
    Cli: "aws cloudfront get-distribution-config --id DISTRIBUTION_ID > config.json\n# set CachePolicyId and OriginRequestPolicyId of the behavior, keep the ETag\naws cloudfront update-distribution --id DISTRIBUTION_ID --if-match ETAG --distribution-config file://config.json",
}

recipe! { CACHE = "CORS and the CloudFront cache" | "CORS と CloudFront のキャッシュ";
    Console: "CloudFront → Behaviors → the one that matches $PATH → Cache policy: CachingDisabled, or one of your own with Origin in the cache key. Then create an invalidation for /*. The API should send Vary: Origin."
        | "CloudFront → ビヘイビア → $PATH に一致するもの → キャッシュポリシー: CachingDisabled、または Origin をキャッシュキーに含む独自ポリシー。その後 /* のキャッシュを無効化します。API 側は Vary: Origin を返すようにします。",
    Cloudformation: "ParametersInCacheKeyAndForwardedToOrigin:\n  HeadersConfig:\n    HeaderBehavior: whitelist\n    Headers: [Origin]",
    Terraform: "headers_config {\n  header_behavior = \"whitelist\"\n  headers { items = [\"Origin\"] }\n}",
    Cdk: "new CachePolicy(this, 'PerOrigin', { headerBehavior: CacheHeaderBehavior.allowList('Origin') });",
    Cli: "aws cloudfront create-invalidation --distribution-id DISTRIBUTION_ID --paths '/*'",
}

recipe! { ONE_OWNER = "One owner of the CORS headers" | "CORS ヘッダーを付ける場所は 1 か所に";
    Console: "Let one place only add Access-Control-* headers: the API, or a CloudFront response headers policy of your own with override on and the headers $HEADERS_CSV named. (The managed CORS policies name no headers, so they do not help calls with Authorization; and a CloudFront Function that reflects any Origin lets every site in.)"
        | "Access-Control-* を付ける場所は 1 か所だけにします。API 側か、または上書きを有効にし $HEADERS_CSV を明記した独自の CloudFront レスポンスヘッダーポリシーのどちらかです（マネージドの CORS ポリシーはヘッダー名を列挙しないため、Authorization 付きの呼び出しには使えません。任意の Origin をそのまま返す CloudFront Functions は、すべてのサイトを許可することになります）。",
    Cloudformation: "ResponseHeadersPolicy:\n  Type: AWS::CloudFront::ResponseHeadersPolicy\n  Properties:\n    ResponseHeadersPolicyConfig:\n      Name: api-cors\n      CorsConfig:\n        AccessControlAllowOrigins: { Items: ['$ORIGIN'] }\n        AccessControlAllowMethods: { Items: [OPTIONS, $METHOD] }\n        AccessControlAllowHeaders: { Items: [$HEADERS_LIST] }\n        AccessControlAllowCredentials: false\n        OriginOverride: true",
    Terraform: "resource \"aws_cloudfront_response_headers_policy\" \"api_cors\" {\n  name = \"api-cors\"\n  cors_config {\n    access_control_allow_credentials = false\n    access_control_allow_origins { items = [\"$ORIGIN\"] }\n    access_control_allow_methods { items = [\"OPTIONS\", \"$METHOD\"] }\n    access_control_allow_headers { items = [$HEADERS_JSON] }\n    origin_override = true\n  }\n}",
    Cdk: "new ResponseHeadersPolicy(this, 'ApiCors', {\n  corsBehavior: {\n    accessControlAllowOrigins: ['$ORIGIN'],\n    accessControlAllowMethods: ['OPTIONS', '$METHOD'],\n    accessControlAllowHeaders: [$HEADERS_TS],\n    accessControlAllowCredentials: false,\n    originOverride: true,\n  },\n});",
    Cli: "aws cloudfront create-response-headers-policy --response-headers-policy-config \\\n  '{\"Name\":\"api-cors\",\"CorsConfig\":{\"AccessControlAllowOrigins\":{\"Quantity\":1,\"Items\":[\"$ORIGIN\"]},\"AccessControlAllowMethods\":{\"Quantity\":2,\"Items\":[\"OPTIONS\",\"$METHOD\"]},\"AccessControlAllowHeaders\":{\"Quantity\":$HEADERS_COUNT,\"Items\":[$HEADERS_JSON]},\"AccessControlAllowCredentials\":false,\"OriginOverride\":true}}'",
}

recipe! { ALLOW_LIST = "A list of origins" | "オリジンの許可リスト";
    Code: "// compare with a list; an Origin that is not on it gets no header\nconst allowed = ['$ORIGIN'];\nif (allowed.includes(origin)) headers['access-control-allow-origin'] = { value: origin };"
        | "// 許可リストと照合し、載っていない Origin にはヘッダーを返さない\nconst allowed = ['$ORIGIN'];\nif (allowed.includes(origin)) headers['access-control-allow-origin'] = { value: origin };",
}

recipe! { WAF_RULE = "The WAF rule that blocks" | "ブロックしている WAF ルール";
    Console: "AWS WAF → the web ACL → Sampled requests names the rule. Let the page's calls and their preflights past it: its own condition may want another Origin, country or address."
        | "AWS WAF → Web ACL → サンプルリクエストでルール名がわかります。ページの呼び出しとプリフライトを通すよう直します（別の Origin・国・アドレスを条件にしていることがあります）。",
}

recipe! { WAF = "WAF and OPTIONS" | "WAF と OPTIONS";
    Console: "AWS WAF → the web ACL of the API or distribution → Sampled requests shows which rule blocked. Leave OPTIONS out of it: a rule of your own becomes \"its statement AND NOT method OPTIONS\"; a managed rule group or a rate-based rule takes a scope-down statement."
        | "AWS WAF → API またはディストリビューションの Web ACL → サンプルリクエストで、どのルールがブロックしたかを確認できます。独自ルールなら「元の条件 AND NOT メソッドが OPTIONS」に変え、マネージドルールグループとレートベースのルールならスコープダウンステートメントで OPTIONS を対象外にします。",
    Cloudformation: "Statement: # a rule of your own; in a ManagedRuleGroupStatement or RateBasedStatement: the NotStatement as ScopeDownStatement\n  AndStatement:\n    Statements:\n      - THE_RULES_OWN_STATEMENT\n      - NotStatement:\n          Statement:\n            ByteMatchStatement:\n              FieldToMatch: { Method: {} }\n              PositionalConstraint: EXACTLY\n              SearchString: OPTIONS\n              TextTransformations: [{ Priority: 0, Type: NONE }]",
    Terraform: "statement {\n  and_statement { # a rule of your own\n    statement {}  # THE_RULES_OWN_STATEMENT\n    # a managed rule group or rate-based rule: this one as its scope_down_statement\n    statement {\n      not_statement {\n        statement {\n          byte_match_statement {\n            search_string         = \"OPTIONS\"\n            positional_constraint = \"EXACTLY\"\n            field_to_match {\n              method {}\n            }\n            text_transformation {\n              priority = 0\n              type     = \"NONE\"\n            }\n          }\n        }\n      }\n    }\n  }\n}",
    Cdk: "const notOptions = {\n  notStatement: {\n    statement: {\n      byteMatchStatement: {\n        fieldToMatch: { method: {} },\n        positionalConstraint: 'EXACTLY',\n        searchString: 'OPTIONS',\n        textTransformations: [{ priority: 0, type: 'NONE' }],\n      },\n    },\n  },\n};\n// a rule of your own; a managed rule group or rate-based rule: scopeDownStatement: notOptions\nconst statement = { andStatement: { statements: [THE_RULES_OWN_STATEMENT, notOptions] } };",
    Cli: "aws wafv2 get-web-acl --scope REGIONAL --id WEB_ACL_ID --name WEB_ACL > acl.json # CLOUDFRONT for a distribution\n# change the rule as in CloudFormation, keep the lock token\naws wafv2 update-web-acl --scope REGIONAL --id WEB_ACL_ID --name WEB_ACL --lock-token LOCK_TOKEN --cli-input-json file://acl.json",
}
