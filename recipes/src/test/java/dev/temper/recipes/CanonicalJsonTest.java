package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static String canonical(String json) throws Exception {
    return CanonicalJson.text(new ObjectMapper().readTree(json));
  }

  /** The numbers of RFC 8785, appendix B: IEEE 754 bits and ECMAScript text. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2"
  })
  void writesNumbersAsTheStandardDoes(String bits, String text) {
    double number = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertThat(CanonicalJson.text(NODES.numberNode(number))).isEqualTo(text);
  }

  @Test
  void everyNumberReadsBackAsItself() {
    Random bits = new Random(1);
    for (int i = 0; i < 2000; i++) {
      double number = Double.longBitsToDouble(bits.nextLong());
      if (Double.isFinite(number)) {
        String text = CanonicalJson.text(NODES.numberNode(number));
        assertThat(Double.parseDouble(text)).isEqualTo(number == 0 ? 0.0 : number);
      }
    }
  }

  @Test
  void oneNumberHasOneForm() throws Exception {
    assertThat(canonical("[1, 1.0, 1e0, 10E-1, 0.1e1]")).isEqualTo("[1,1,1,1,1]");
    assertThat(canonical("[0.001, 1e-3, 0.0010]")).isEqualTo("[0.001,0.001,0.001]");
    assertThat(canonical("9007199254740993")).isEqualTo("9007199254740993");
  }

  /** The example of RFC 8785, section 3.2.2. */
  @Test
  void writesTheExampleOfTheStandard() throws Exception {
    assertThat(
            canonical(
                """
                {
                  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                  "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                  "literals": [null, true, false]
                }
                """))
        .isEqualTo(
            "{\"literals\":[null,true,false],"
                + "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  }

  @Test
  void sortsKeysByTheirCodeUnits() throws Exception {
    assertThat(
            canonical(
                "{\"\u20ac\":1,\"\\r\":2,\"\ufb33\":3,\"1\":4,\"\ud83d\ude00\":5,\"\u0080\":6,\"b\":{\"d\":0,\"c\":1}}"))
        .isEqualTo(
            "{\"\\r\":2,\"1\":4,\"b\":{\"c\":1,\"d\":0},\"\u0080\":6,\"\u20ac\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}");
  }

  @Test
  void isUtf8() {
    assertThat(CanonicalJson.bytes(NODES.textNode("\u20ac")))
        .isEqualTo("\"\u20ac\"".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void refusesWhatHasNoForm() {
    assertThatThrownBy(() -> CanonicalJson.text(NODES.numberNode(Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CanonicalJson.text(NODES.numberNode(Double.NEGATIVE_INFINITY)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CanonicalJson.text(NODES.textNode("\ud83d")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CanonicalJson.text(NODES.binaryNode(new byte[1])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
