//! CORS, where each front door keeps it.

use super::{Words, recipe, tool};

recipe! { HTTP_API = "CORS settings of an HTTP API" | "HTTP API の CORS 設定";
    Console: "API Gateway → your HTTP API → CORS → Configure. Add (beside what is there):\n  Access-Control-Allow-Origin: $ORIGIN\n  Access-Control-Allow-Methods: $METHOD\u{7f}\n  Access-Control-Allow-Headers: $HEADERS_CSV\u{7f}\nSave; deploy if the stage does not deploy automatically."
        | "API Gateway → 対象の HTTP API → CORS → 設定。今ある値に加えて次を追加します。\n  Access-Control-Allow-Origin: $ORIGIN\n  Access-Control-Allow-Methods: $METHOD\u{7f}\n  Access-Control-Allow-Headers: $HEADERS_CSV\u{7f}\n保存し、自動デプロイでないステージはデプロイします。",
    Sam: "Api:\n  Type: AWS::Serverless::HttpApi\n  Properties:\n    CorsConfiguration: # add to what is there, one name an item\n      AllowOrigins: ['$ORIGIN']\n      AllowMethods: [$METHOD]\u{7f}\n      AllowHeaders: [$HEADERS_LIST]\u{7f}\n      MaxAge: 600",
    Cloudformation: "Api:\n  Type: AWS::ApiGatewayV2::Api\n  Properties:\n    CorsConfiguration: # add to what is there, one name an item\n      AllowOrigins: ['$ORIGIN']\n      AllowMethods: [$METHOD]\u{7f}\n      AllowHeaders: [$HEADERS_LIST]\u{7f}\n      MaxAge: 600",
    Terraform: "resource \"aws_apigatewayv2_api\" \"api\" {\n  cors_configuration { # add to what is there, one name an item\n    allow_origins = [\"$ORIGIN\"]\n    allow_methods = [\"$METHOD\"]\u{7f}\n    allow_headers = [$HEADERS_JSON]\u{7f}\n    max_age       = 600\n  }\n}",
    Cdk: "new HttpApi(this, 'Api', {\n  corsPreflight: { // add to what is there, one name an item\n    allowOrigins: ['$ORIGIN'],\n    allowMethods: [CorsHttpMethod.$METHOD],\u{7f}\n    allowHeaders: [$HEADERS_TS],\u{7f}\n    maxAge: Duration.minutes(10),\n  },\n});",
    Cli: "# replaces the whole configuration: keep what `aws apigatewayv2 get-api --api-id $API_ID` shows\naws apigatewayv2 update-api --api-id $API_ID --cors-configuration \\\n  '{\"AllowOrigins\":[\"$ORIGIN\"],\"AllowMethods\":[\"$METHOD\"]\u{7f},\"AllowHeaders\":[$HEADERS_JSON]\u{7f},\"MaxAge\":600}'",
}

recipe! { REST_API = "OPTIONS of a REST API" | "REST API の OPTIONS";
    Console: "API Gateway → your REST API → the resource of $PATH → Enable CORS:\n  Access-Control-Allow-Origin: $ORIGIN\n  Access-Control-Allow-Methods: OPTIONS,$METHOD\u{7f}\n  Access-Control-Allow-Headers: $HEADERS_CSV\u{7f}\nThen Deploy API: nothing changes before that."
        | "API Gateway → 対象の REST API → $PATH のリソース → CORS を有効にする。\n  Access-Control-Allow-Origin: $ORIGIN\n  Access-Control-Allow-Methods: OPTIONS,$METHOD\u{7f}\n  Access-Control-Allow-Headers: $HEADERS_CSV\u{7f}\n最後に「API をデプロイ」。デプロイするまで反映されません。",
    Sam: "Api:\n  Type: AWS::Serverless::Api\n  Properties:\n    Cors: # the inner quotes belong there\n      AllowOrigin: \"'$ORIGIN'\"\n      AllowMethods: \"'OPTIONS,$METHOD'\"\u{7f}\n      AllowHeaders: \"'$HEADERS_CSV'\"\u{7f}\n    Auth:\n      AddDefaultAuthorizerToCorsPreflight: false\n      AddApiKeyRequiredToCorsPreflight: false",
    Cloudformation: "# live after a new deployment only\nOptions:\n  Type: AWS::ApiGateway::Method\n  Properties:\n    RestApiId: !Ref Api\n    ResourceId: !Ref Resource\n    HttpMethod: OPTIONS\n    AuthorizationType: NONE\n    Integration:\n      Type: MOCK\n      RequestTemplates: { application/json: '{\"statusCode\":200}' }\n      IntegrationResponses:\n        - StatusCode: '200'\n          ResponseParameters:\n            method.response.header.Access-Control-Allow-Origin: \"'$ORIGIN'\"\n            method.response.header.Access-Control-Allow-Methods: \"'OPTIONS,$METHOD'\"\u{7f}\n            method.response.header.Access-Control-Allow-Headers: \"'$HEADERS_CSV'\"\u{7f}\n    MethodResponses:\n      - StatusCode: '200'\n        ResponseParameters:\n          method.response.header.Access-Control-Allow-Origin: true\n          method.response.header.Access-Control-Allow-Methods: true\n          method.response.header.Access-Control-Allow-Headers: true",
    Terraform: "# live after a new deployment only\nresource \"aws_api_gateway_method\" \"options\" {\n  rest_api_id   = aws_api_gateway_rest_api.api.id\n  resource_id   = aws_api_gateway_resource.resource.id\n  http_method   = \"OPTIONS\"\n  authorization = \"NONE\"\n}\nresource \"aws_api_gateway_integration\" \"options\" {\n  rest_api_id       = aws_api_gateway_rest_api.api.id\n  resource_id       = aws_api_gateway_resource.resource.id\n  http_method       = aws_api_gateway_method.options.http_method\n  type              = \"MOCK\"\n  request_templates = { \"application/json\" = \"{\\\"statusCode\\\":200}\" }\n}\nresource \"aws_api_gateway_method_response\" \"options\" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  resource_id = aws_api_gateway_resource.resource.id\n  http_method = aws_api_gateway_method.options.http_method\n  status_code = \"200\"\n  response_parameters = {\n    \"method.response.header.Access-Control-Allow-Origin\"  = true\n    \"method.response.header.Access-Control-Allow-Methods\" = true\n    \"method.response.header.Access-Control-Allow-Headers\" = true\n  }\n}\nresource \"aws_api_gateway_integration_response\" \"options\" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  resource_id = aws_api_gateway_resource.resource.id\n  http_method = aws_api_gateway_method.options.http_method\n  status_code = aws_api_gateway_method_response.options.status_code\n  response_parameters = {\n    \"method.response.header.Access-Control-Allow-Origin\"  = \"'$ORIGIN'\"\n    \"method.response.header.Access-Control-Allow-Methods\" = \"'OPTIONS,$METHOD'\"\u{7f}\n    \"method.response.header.Access-Control-Allow-Headers\" = \"'$HEADERS_CSV'\"\u{7f}\n  }\n  depends_on = [aws_api_gateway_integration.options]\n}",
    Cdk: "resource.addCorsPreflight({\n  allowOrigins: ['$ORIGIN'],\n  allowMethods: ['$METHOD'],\u{7f}\n  allowHeaders: [$HEADERS_TS],\u{7f}\n});",
    Cli: "aws apigateway put-method --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method OPTIONS --authorization-type NONE\naws apigateway put-integration --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method OPTIONS --type MOCK \\\n  --request-templates '{\"application/json\":\"{\\\"statusCode\\\":200}\"}'\naws apigateway put-method-response --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method OPTIONS --status-code 200 \\\n  --response-parameters '{\"method.response.header.Access-Control-Allow-Origin\":true,\"method.response.header.Access-Control-Allow-Methods\":true,\"method.response.header.Access-Control-Allow-Headers\":true}'\naws apigateway put-integration-response --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method OPTIONS --status-code 200 \\\n  --response-parameters \"{\\\"method.response.header.Access-Control-Allow-Origin\\\":\\\"'$ORIGIN'\\\",\\\"method.response.header.Access-Control-Allow-Methods\\\":\\\"'OPTIONS,$METHOD'\\\"\u{7f},\\\"method.response.header.Access-Control-Allow-Headers\\\":\\\"'$HEADERS_CSV'\\\"\u{7f}}\"\naws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { FUNCTION_URL = "CORS settings of a function URL" | "関数 URL の CORS 設定";
    Console: "Lambda → the function → Configuration → Function URL → Edit → CORS: origin $ORIGIN, method $METHOD\u{7f}, and each of these headers in a field of its own: $HEADERS_CSV\u{7f}. Delete every Access-Control-* header from the function's code: with both, each header is sent twice."
        | "Lambda → 対象の関数 → 設定 → 関数 URL → 編集 → CORS。オリジンに $ORIGIN、メソッドに $METHOD\u{7f}、ヘッダーは 1 欄に 1 つずつ $HEADERS_CSV \u{7f}を入れます。関数のコードからは Access-Control-* を削除します。両方にあるとヘッダーが二重に返ります。",
    Sam: "FunctionUrlConfig: # AuthType as it is\n  Cors: # add to what is there\n    AllowOrigins: ['$ORIGIN']\n    AllowMethods: [$METHOD]\u{7f}\n    AllowHeaders: [$HEADERS_LIST]\u{7f}",
    Cloudformation: "Url:\n  Type: AWS::Lambda::Url\n  Properties: # AuthType as it is\n    Cors: # add to what is there\n      AllowOrigins: ['$ORIGIN']\n      AllowMethods: [$METHOD]\u{7f}\n      AllowHeaders: [$HEADERS_LIST]\u{7f}",
    Terraform: "resource \"aws_lambda_function_url\" \"url\" {\n  # authorization_type as it is\n  cors { # add to what is there\n    allow_origins = [\"$ORIGIN\"]\n    allow_methods = [\"$METHOD\"]\u{7f}\n    allow_headers = [$HEADERS_JSON]\u{7f}\n  }\n}",
    Cdk: "fn.addFunctionUrl({ // authType as it is\n  cors: { // add to what is there\n    allowedOrigins: ['$ORIGIN'],\n    allowedMethods: [HttpMethod.$METHOD],\u{7f}\n    allowedHeaders: [$HEADERS_TS],\u{7f}\n  },\n});",
    Cli: "# replaces the whole configuration: keep what `aws lambda get-function-url-config --function-name FUNCTION` shows\naws lambda update-function-url-config --function-name FUNCTION --cors \\\n  '{\"AllowOrigins\":[\"$ORIGIN\"],\"AllowMethods\":[\"$METHOD\"]\u{7f},\"AllowHeaders\":[$HEADERS_JSON]\u{7f}}'",
}

recipe! { FUNCTION_WITHOUT = "No CORS headers in the function" | "関数では CORS ヘッダーを返さない";
    Code: "// in the function: the CORS settings of the function URL add them, so return none\nreturn { statusCode: 200, body: JSON.stringify(result) }; // delete every Access-Control-* header"
        | "// 関数側。関数 URL の CORS 設定が付けるので、コードでは返さない\nreturn { statusCode: 200, body: JSON.stringify(result) }; // Access-Control-* はすべて削除する",
}

recipe! { ONE_PLACE = "The header in one place" | "ヘッダーは 1 か所で付ける";
    Code: "// two places add it, e.g. the handler and a middleware, or headers and multiValueHeaders. Keep one.\nheaders: { 'Access-Control-Allow-Origin': '$ORIGIN', Vary: 'Origin' },"
        | "// 2 か所 (ハンドラーとミドルウェア、headers と multiValueHeaders など) で付けている。1 か所だけ残す\nheaders: { 'Access-Control-Allow-Origin': '$ORIGIN', Vary: 'Origin' },",
}

recipe! { SAM_LOCAL = "CORS under sam local" | "sam local の CORS";
    Sam: "# template.yaml; sam local reads it at start\nRestApi:\n  Type: AWS::Serverless::Api\n  Properties:\n    Cors: # the inner quotes belong there\n      AllowOrigin: \"'$ORIGIN'\"\n      AllowMethods: \"'OPTIONS,$METHOD'\"\u{7f}\n      AllowHeaders: \"'$HEADERS_CSV'\"\u{7f}\n# or, for an HTTP API:\nHttpApi:\n  Type: AWS::Serverless::HttpApi\n  Properties:\n    CorsConfiguration:\n      AllowOrigins: ['$ORIGIN']\n      AllowMethods: [$METHOD]\u{7f}\n      AllowHeaders: [$HEADERS_LIST]\u{7f}",
    Code: "// or go through the dev server, so that there is no other origin (vite.config.ts)\nserver: { proxy: { '/api': { target: '$API', rewrite: (path) => path.replace(/^\\/api/, '') } } }"
        | "// または開発サーバーを経由させ、別オリジンにしない (vite.config.ts)\nserver: { proxy: { '/api': { target: '$API', rewrite: (path) => path.replace(/^\\/api/, '') } } }",
}

recipe! { LOCALSTACK = "Origins of LocalStack" | "LocalStack の許可オリジン";
    Cli: "EXTRA_CORS_ALLOWED_ORIGINS=$ORIGIN\u{7f} EXTRA_CORS_ALLOWED_HEADERS=$HEADERS_CSV\u{7f} localstack start",
}

recipe! { HTTP_API_CREDENTIALS = "Cookies through an HTTP API" | "HTTP API で Cookie を使う";
    Console: "API Gateway → your HTTP API → CORS → Configure: Access-Control-Allow-Origin $ORIGIN (not *), Access-Control-Allow-Credentials YES. Only if the API really needs cookies."
        | "API Gateway → 対象の HTTP API → CORS → 設定: Access-Control-Allow-Origin を $ORIGIN（* は不可）、Access-Control-Allow-Credentials を「はい」に。Cookie が本当に必要な場合のみ。",
    Cloudformation: "CorsConfiguration: # only if the API really needs cookies\n  AllowOrigins: ['$ORIGIN']\n  AllowMethods: [$METHOD]\u{7f}\n  AllowHeaders: [$HEADERS_LIST]\u{7f}\n  AllowCredentials: true",
    Terraform: "cors_configuration { # only if the API really needs cookies\n  allow_origins     = [\"$ORIGIN\"]\n  allow_methods     = [\"$METHOD\"]\u{7f}\n  allow_headers     = [$HEADERS_JSON]\u{7f}\n  allow_credentials = true\n}",
    Cdk: "corsPreflight: { // only if the API really needs cookies\n  allowOrigins: ['$ORIGIN'],\n  allowMethods: [CorsHttpMethod.$METHOD],\u{7f}\n  allowHeaders: [$HEADERS_TS],\u{7f}\n  allowCredentials: true,\n},",
    Cli: "# only if the API really needs cookies; replaces the whole configuration\naws apigatewayv2 update-api --api-id $API_ID --cors-configuration \\\n  '{\"AllowOrigins\":[\"$ORIGIN\"],\"AllowMethods\":[\"$METHOD\"]\u{7f},\"AllowHeaders\":[$HEADERS_JSON]\u{7f},\"AllowCredentials\":true}'",
}

recipe! { REST_API_CREDENTIALS = "Cookies through a REST API" | "REST API で Cookie を使う";
    Console: "API Gateway → your REST API → the resource of $PATH → OPTIONS → Integration response: Access-Control-Allow-Origin '$ORIGIN' and Access-Control-Allow-Credentials 'true'; both also on the gateway responses. Then Deploy API. Only if the API really needs cookies."
        | "API Gateway → 対象の REST API → $PATH のリソース → OPTIONS → 統合レスポンス: Access-Control-Allow-Origin に '$ORIGIN'、Access-Control-Allow-Credentials に 'true'。ゲートウェイレスポンスにも同じ 2 つを設定。最後に「API をデプロイ」。Cookie が本当に必要な場合のみ。",
    Sam: "Cors: # only if the API really needs cookies; the function must return the same two headers\n  AllowOrigin: \"'$ORIGIN'\"\n  AllowMethods: \"'OPTIONS,$METHOD'\"\u{7f}\n  AllowHeaders: \"'$HEADERS_CSV'\"\u{7f}\n  AllowCredentials: true",
    Cloudformation: "# live after a new deployment only\nResponseParameters: # of the OPTIONS mock's integration response, only if the API really needs cookies\n  method.response.header.Access-Control-Allow-Origin: \"'$ORIGIN'\"\n  method.response.header.Access-Control-Allow-Credentials: \"'true'\"",
    Terraform: "# live after a new deployment only\nresponse_parameters = { # of the OPTIONS mock's integration response, only if the API really needs cookies\n  \"method.response.header.Access-Control-Allow-Origin\"      = \"'$ORIGIN'\"\n  \"method.response.header.Access-Control-Allow-Credentials\" = \"'true'\"\n}",
    Cdk: "resource.addCorsPreflight({ // only if the API really needs cookies\n  allowOrigins: ['$ORIGIN'],\n  allowMethods: ['$METHOD'],\u{7f}\n  allowHeaders: [$HEADERS_TS],\u{7f}\n  allowCredentials: true,\n});",
    Code: "// function, success and error alike (only if the API really needs cookies)\nheaders: {\n  'Access-Control-Allow-Origin': '$ORIGIN',\n  'Access-Control-Allow-Credentials': 'true',\n  Vary: 'Origin',\n},"
        | "// 関数側。成功時もエラー時も返す (Cookie が本当に必要な場合のみ)\nheaders: {\n  'Access-Control-Allow-Origin': '$ORIGIN',\n  'Access-Control-Allow-Credentials': 'true',\n  Vary: 'Origin',\n},",
}

recipe! { FUNCTION = "The function returns the header" | "関数がヘッダーを返す";
    Code: "// in the function, on success and on every error path\nreturn {\n  statusCode: 200, // a number\n  headers: { 'Access-Control-Allow-Origin': '$ORIGIN', Vary: 'Origin' },\n  body: JSON.stringify(result), // a string\n};"
        | "// 関数側。成功時だけでなく、すべてのエラー経路で返す\nreturn {\n  statusCode: 200, // 数値\n  headers: { 'Access-Control-Allow-Origin': '$ORIGIN', Vary: 'Origin' },\n  body: JSON.stringify(result), // 文字列\n};",
}

recipe! { HTTP_API_EXPOSE = "Readable headers of an HTTP API" | "HTTP API の読み取り可能なヘッダー";
    Cloudformation: "CorsConfiguration: # lets the app see why: add this to what is there\n  ExposeHeaders: [www-authenticate, apigw-requestid, date, retry-after]",
    Terraform: "cors_configuration { # lets the app see why: add this to what is there\n  expose_headers = [\"www-authenticate\", \"apigw-requestid\", \"date\", \"retry-after\"]\n}",
    Cdk: "corsPreflight: { // lets the app see why: add this to what is there\n  exposeHeaders: ['www-authenticate', 'apigw-requestid', 'date', 'retry-after'],\n},",
}
