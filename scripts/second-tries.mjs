// A vitest reporter: names the tests that passed only when tried again. A test has a second try (vitest.config.ts).
export default class SecondTries {
  #names = [];

  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky === true) this.#names.push(test.fullName);
  }

  onTestRunEnd() {
    if (this.#names.length > 0) console.log(`passed only when tried again: ${this.#names.join("; ")}`);
  }
}
