#!/usr/bin/env bash
# Deploy both stacks of one stage to the AWS account of the caller's credentials: infra/deploy.sh STAGE
set -euo pipefail
cd "$(dirname "$0")/.."
stage=$1

need() { command -v "$1" >/dev/null || { echo "This needs $1: $2"; exit 1; }; }
need sam "install the AWS SAM CLI."
need python3.13 "the functions run on it, and sam build asks for it."
need make "sam build makes the layers with it."
if [ -z "${MAIL_FROM:-}" ]; then
    echo "Say who sends the mails: make deploy STAGE=$stage MAIL_FROM=hola@your.domain (an identity that SES has verified)."
    exit 1
fi
if [ -z "${AWS_REGION:-${AWS_DEFAULT_REGION:-}}" ]; then
    echo "Say where: set AWS_REGION, for instance eu-west-1. Credentials come from the usual AWS variables or profile."
    exit 1
fi

settings=("Stage=$stage" "MailFrom=$MAIL_FROM")
[ -z "${PUBLIC_URL:-}" ] || settings+=("PublicUrl=$PUBLIC_URL")
[ -z "${ALLOWED_ORIGIN:-}" ] || settings+=("AllowedOrigin=$ALLOWED_ORIGIN")
[ -z "${ADMIN_EMAILS:-}" ] || settings+=("AdminEmails=$ADMIN_EMAILS")
[ -z "${OPERATOR_NAME:-}" ] || settings+=("OperatorName=$OPERATOR_NAME")
[ -z "${OPERATOR_ADDRESS:-}" ] || settings+=("OperatorAddress=$OPERATOR_ADDRESS")  # a | separates its lines
[ -z "${OPERATOR_TAX_ID:-}" ] || settings+=("OperatorTaxId=$OPERATOR_TAX_ID")
[ -z "${VAT_COUNTRY+set}" ] || settings+=("VatCountry=$VAT_COUNTRY")  # empty: not registered for VAT

echo "1 of 3: tables, queues, bucket and secret (stack aval-$stage-data) ..."
sam deploy --template-file infra/data.yaml --stack-name "aval-$stage-data" --no-fail-on-empty-changeset \
    --capabilities CAPABILITY_AUTO_EXPAND --parameter-overrides "Stage=$stage" ${ALLOWED_ORIGIN:+"AllowedOrigin=$ALLOWED_ORIGIN"}
echo "2 of 3: building functions and layers ..."
sam build --template-file infra/template.yaml
echo "3 of 3: functions, API and escrow (stack aval-$stage) ..."
sam deploy --stack-name "aval-$stage" --resolve-s3 --no-fail-on-empty-changeset \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameter-overrides "${settings[@]}"
echo "Done. Once per stage: put Stripe's key and webhook secret into the secret aval/$stage/stripe, and subscribe to the alarms."
