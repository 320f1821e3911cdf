/**
 * A self-signed certificate for localhost and 127.0.0.1, made for these tests and worth nothing elsewhere; valid from
 * 2020 to 2120. Committed so that the tests need no OpenSSL.
 */
export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxyi5uLWOoxOBhZpv
FOc2/ejMkY3c+vXzCOvrmp4127WhRANCAARHLfxgwqnhqdlmQ32eYxwGpTAcGKG4
CHvVgT/o0dZhnbNTyWzc3cTDQFozwtJXhZBCMnkd9h/qmIISXDJalPpa
-----END PRIVATE KEY-----`;

export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUDbVBeLlx1lvtIw0+EaEn1lrb7xAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDEwNTgzMloYDzIxMjYxMDI3
MTA1ODMyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARHLfxgwqnhqdlmQ32eYxwGpTAcGKG4CHvVgT/o0dZhnbNTyWzc3cTD
QFozwtJXhZBCMnkd9h/qmIISXDJalPpao28wbTAdBgNVHQ4EFgQUDwMpw7uTVOVt
Xs14F6FKqQopDy4wHwYDVR0jBBgwFoAUDwMpw7uTVOVtXs14F6FKqQopDy4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAMJtjwjOwtzOLuEmOvtfWeNJjfdyB2+KSKP0TEcmhDczAiA0
chCvFiGorQSPAcE8Yq4U9KB6u6Fi2HwXk1c6wU0Zag==
-----END CERTIFICATE-----`;
