/**
 * `vendor-token`: tokens that their vendors gave a prefix, so that they can be found.
 *
 * Source of each form: the vendor's public documentation of its token format or secret-scanning partner pattern.
 * Becomes `[REDACTED_TOKEN]`.
 *
 * @module
 */

import { tokenForms } from "./token_forms.ts";

/** One vendor a line; lengths are lower bounds, because vendors lengthen their tokens. */
const FORMS: readonly RegExp[] = [
  /gh[opsur]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255}/, // GitHub
  /gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{19,255}[A-Za-z0-9_-]/, // GitLab
  /[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{20,255}/, // Stripe
  /xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,255}|xapp-\d-[A-Za-z0-9-]{10,255}/, // Slack
  /SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}/, // SendGrid
  /SK[0-9a-f]{32}(?![0-9A-Za-z])|AC[0-9a-f]{32}:[0-9a-f]{32}(?![0-9A-Za-z])/, // Twilio
  /key-[0-9a-f]{32}(?![0-9A-Za-z])/, // Mailgun
  /[0-9a-f]{32}-us\d{1,2}(?![0-9A-Za-z])/, // Mailchimp
  /npm_[A-Za-z0-9]{36,255}/, // npm
  /pypi-[A-Za-z0-9_-]{50,512}/, // PyPI
  /rubygems_[0-9a-f]{48}/, // RubyGems
  /dckr_[a-z]{3}_[A-Za-z0-9_-]{20,255}/, // Docker
  /(?:hf|api_org)_[A-Za-z]{30,64}/, // Hugging Face
  /gsk_[A-Za-z0-9]{40,255}|xai-[A-Za-z0-9]{40,255}|pplx-[A-Za-z0-9]{40,255}/, // Groq, xAI, Perplexity
  /r8_[A-Za-z0-9]{30,255}|nvapi-[A-Za-z0-9_-]{40,255}|tvly-[A-Za-z0-9-]{20,255}/, // Replicate, NVIDIA, Tavily
  /hv[sbr]\.[A-Za-z0-9_-]{20,512}/, // Vault
  /tskey-[a-z]{2,16}-[A-Za-z0-9-]{10,255}/, // Tailscale
  /shp(?:at|ca|pa|ss|tka)_[0-9A-Fa-f]{32}/, // Shopify
  /sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,64}|EAAA[A-Za-z0-9_-]{60}(?![A-Za-z0-9_-])/, // Square
  /lin_(?:api|oauth)_[A-Za-z0-9]{30,255}/, // Linear
  /(?:vc[apikr]|vercel)_[A-Za-z0-9]{24,255}/, // Vercel
  /sbp_(?:v0_)?[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,255}/, // Supabase
  /\d{8,10}:AA[A-Za-z0-9_-]{33}/, // Telegram
  /[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}/, // Discord
  /oauth:[a-z0-9]{30}(?![0-9A-Za-z])/, // Twitch
  /dd[op]_[A-Za-z0-9]{36}/, // Deno Deploy
  /NRAK-[A-Z0-9]{27}/, // New Relic
  /gl(?:sa|c)_[A-Za-z0-9+/=_]{32,255}/, // Grafana
  /ATATT3[A-Za-z0-9_-]{50,255}(?:(?:=|%3D)[0-9A-F]{8})?/, // Atlassian
  /figd_[A-Za-z0-9_-]{38,255}/, // Figma
  /ntn_[A-Za-z0-9]{40,64}|secret_[A-Za-z0-9]{43}/, // Notion
  /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/, // Postman
  /pul-[0-9a-f]{40}/, // Pulumi
  /dp\.(?:pt|st|sa|ct|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}/, // Doppler
  /sntry[su]_[A-Za-z0-9+/=_]{40,512}/, // Sentry
  /dapi[0-9a-f]{32}(?:-\d)?/, // Databricks
  /nfp_[A-Za-z0-9]{36}|rnd_[A-Za-z0-9]{20,64}/, // Netlify, Render
  /pat-(?:na|eu)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, // HubSpot
  /s\.(?=[A-Za-z]{0,23}\d)(?=[A-Za-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![A-Za-z0-9_.-])/, // Vault, before 1.10
  /pscale_(?:tkn|pw|oauth|app)_[A-Za-z0-9_.=-]{30,255}/, // PlanetScale
  /pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/, // Airtable
  /v1\.0-[0-9a-f]{24}-[0-9a-f]{146}|cf(?:ut|at|k)_[A-Za-z0-9_-]{30,255}/, // Cloudflare
  /(?:FlyV1(?: |%20))?f[mo]\d_(?:[A-Za-z0-9+/=_-]|%2[BF]|%3D){40,4096}(?:,f[mo]\d_[A-Za-z0-9+/=_-]{40,4096}){0,8}/, // Fly.io
  /lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}/, // LangSmith
  /HRKU-[A-Za-z0-9_-]{30,255}/, // Heroku
  /CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}/, // CircleCI
  /bk(?:ua|ca|ra|pi|at|ct|aj)_[0-9a-f]{40}/, // Buildkite
  /rzp_(?:live|test)_[A-Za-z0-9]{14,32}/, // Razorpay
  /FLWSECK(?:_TEST)?-[0-9a-f]{12,32}(?:-X)?/, // Flutterwave
  /EAA[A-Za-z0-9]{80,512}/, // Facebook
  /dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/, // Dynatrace
  /ATBB[A-Za-z0-9]{28,64}|ATCTT3[A-Za-z0-9_=-]{50,255}/, // Bitbucket
  /xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}|xsmtpsib-[0-9a-f]{64}-[A-Za-z0-9]{16}/, // Brevo
  /CFPAT-[A-Za-z0-9_-]{43}/, // Contentful
  /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,128}/, // HCP Terraform
  /sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}/, // Sourcegraph
  /sq[pua]_[0-9a-f]{40}/, // SonarQube
  /(?:pcsk|pclocal)_[A-Za-z0-9_]{40,128}/, // Pinecone
  /re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}/, // Resend
  /EZ[AT]K[A-Za-z0-9]{54}/, // EasyPost
  /PRIVATE-[A-Z0-9]{32}(?![A-Z0-9])|AKC[A-Za-z0-9]{64,128}|cmVmdGtu[A-Za-z0-9]{56}/, // JFrog
  /CLOJARS_[0-9a-f]{60}|cio[A-Za-z0-9]{32}(?![A-Za-z0-9])|oy2[a-z0-9]{43}(?![A-Za-z0-9])/, // Clojars, crates.io, NuGet
  /rdme_[a-z0-9]{70}|tfp_[A-Za-z0-9_.=-]{40,64}|pnu_[A-Za-z0-9]{36}/, // ReadMe, Typeform, Prefect
  /(?:sdk|api|mob)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Za-z-])/, // LaunchDarkly
  /access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, // Plaid
  /duffel_(?:live|test)_[A-Za-z0-9_-]{40,64}|shippo_(?:live|test)_[0-9a-f]{40}/, // Duffel, Shippo
  /aio_[A-Za-z0-9]{28}(?![A-Za-z0-9])|ico-[A-Za-z0-9]{32}(?![A-Za-z0-9])/, // Adafruit IO, Infracost
  /sl\.[A-Za-z0-9_-]{100,2048}|sl\.u\.[A-Za-z0-9_-]{100,2048}/, // Dropbox
  /API-[A-Z0-9]{26}(?![A-Z0-9])/, // Octopus Deploy
  /(?:NRII|NRJS|NRRA|NRIQ)-[A-Za-z0-9_-]{19,64}/, // New Relic
  /AQVN[A-Za-z0-9_-]{35,38}(?![A-Za-z0-9_-])|t1\.[A-Z0-9a-z_-]{20,512}\.[A-Za-z0-9_-]{86}/, // Yandex Cloud
  /csk-[a-z0-9]{40,64}|fw_[A-Za-z0-9]{24}(?![A-Za-z0-9])|esecret_[a-z0-9]{26}/, // Cerebras, Fireworks, Anyscale
  /ops_eyJ[A-Za-z0-9_-]{100,2048}={0,2}/, // 1Password
];

/** Tokens by vendor. */
export const vendorToken = tokenForms(FORMS, "[REDACTED_TOKEN]");
