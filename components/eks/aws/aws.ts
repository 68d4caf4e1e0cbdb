/** The packages that only EKS needs, each part loaded when it is first used: a program without EKS neither loads nor has them. */
export const aws = {
  get ec2() {
    return require("@pulumi/aws/ec2") as typeof import("@pulumi/aws/ec2");
  },
  get eks() {
    return require("@pulumi/aws/eks") as typeof import("@pulumi/aws/eks");
  },
  get iam() {
    return require("@pulumi/aws/iam") as typeof import("@pulumi/aws/iam");
  },
  get kms() {
    return require("@pulumi/aws/kms") as typeof import("@pulumi/aws/kms");
  },
  get s3() {
    return require("@pulumi/aws/s3") as typeof import("@pulumi/aws/s3");
  },
  get getAvailabilityZones() {
    return (require("@pulumi/aws/getAvailabilityZones") as typeof import("@pulumi/aws/getAvailabilityZones"))
      .getAvailabilityZones;
  },
  get getRegion() {
    return (require("@pulumi/aws/getRegion") as typeof import("@pulumi/aws/getRegion")).getRegion;
  },
};
