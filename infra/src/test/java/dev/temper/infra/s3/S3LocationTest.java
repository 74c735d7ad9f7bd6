package dev.temper.infra.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class S3LocationTest {

  @Test
  void aLocationIsBucketAndPrefix() {
    assertThat(S3Location.parse("s3://models/team/a/")).hasToString("s3://models/team/a");
    assertThat(S3Location.parse("s3://models")).isEqualTo(new S3Location("models", ""));
    assertThat(S3Location.parse("s3://models/a").key("x/y")).isEqualTo("a/x/y");
    assertThat(S3Location.parse("s3://models").path("x/y")).isEqualTo("x/y");
  }

  @Test
  void aBucketThatCannotBeIsNamed() {
    for (String bad :
        new String[] {"s3://", "s3://A", "s3://a_b/c", "s3:///x", "s3://models/../x"}) {
      assertThatThrownBy(() -> S3Location.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
