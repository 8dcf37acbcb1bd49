/** The mock's program that the tests are run with. */
export const program =
  process.env.SECUREFLOWS_MOCK_BIN ?? new URL("../../../../target/debug/secureflows-mock", import.meta.url).pathname;
